"""Ways to run commands: in this process, in one of its own as a person would, and servers that are ended afterwards."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import running
from click.testing import CliRunner, Result
from flask import Flask
from running import PATIENCE, ROOT, Run, Server, command, environment, free_port

from lms.cli import cli
from lms.commands import shell

prepared, instance = running.prepared, running.instance


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process with an environment of its own: `folder=` is the instance, the rest by keyword."""

    def done(*arguments: str, folder: Path | None = None, **changes: str) -> subprocess.CompletedProcess[str]:
        with running.own_environment(environment(folder or tmp_path / "instance", **changes), monkeypatch):
            monkeypatch.chdir(ROOT)
            result = CliRunner().invoke(cli, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return subprocess.CompletedProcess(arguments, result.exit_code, result.stdout, result.stderr)

    return done


@pytest.fixture
def run_process(tmp_path: Path) -> Run:
    """Run a command in a process of its own, as a person would."""

    def done(*arguments: str, folder: Path | None = None, **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(*arguments), cwd=ROOT, env=environment(folder or tmp_path / "instance", **changes),
            capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL,
        )

    return done


@pytest.fixture
def lms(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command in this process on the test's own database."""
    monkeypatch.setattr(shell, "_made", [app])
    return lambda *arguments, **options: CliRunner().invoke(cli, arguments, **options)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers; whatever still runs at the end of the test is killed."""
    started: list[Server] = []

    def starting(folder: Path, *arguments: str, port: int | None = None, **changes: str) -> Server:
        log = tmp_path / f"server-{len(started)}.log"
        server = Server(folder, log, port or free_port(), arguments or ("serve",), **changes)
        started.append(server)
        return server

    yield starting
    for server in started:
        server.end()
