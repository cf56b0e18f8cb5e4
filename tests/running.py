"""Running the real commands in processes of their own, as a person or a process manager would."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from lms.commands import shell
from lms.core.db import db

ROOT = Path(__file__).resolve().parents[1]
Run = Callable[..., subprocess.CompletedProcess[str]]
PATIENCE = 60


def environment(instance: Path, **changes: str) -> dict[str, str]:
    """Return the environment of a newcomer's shell: nothing of ours but the instance folder and a port.

    The port is a free one, because somebody may have a server of theirs on the usual port while the tests run.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LMS_") and name != "BASE_URL"}
    return kept | {"INSTANCE": str(instance), "PORT": str(free_port())} | changes


def lacking(module: str, *arguments: str) -> list[str]:
    """Return the same command line on a machine that does not have a module."""
    code = f"import sys; sys.modules[{module!r}] = None; from lms.cli import main; main()"
    return [sys.executable, "-c", code, *arguments]


#: Stands in the addresses of the prepared instance, which nothing serves.
USUAL_PORT = "8000"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance with the demo data in it, made once in a run of the tests. Copy it before changing anything."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    made, done = shared / "prepared", shared / "prepared.done"
    try:
        made.mkdir(mode=0o700)
    except FileExistsError:
        wait_for(done.exists, 240)
    else:
        told = subprocess.run(
            command("demo", "--prepare"), cwd=ROOT, env=environment(made, PORT=USUAL_PORT), capture_output=True,
            text=True, timeout=240,
        )
        done.write_text(told.stdout + told.stderr)
    assert (made / "demo-accounts.json").exists(), done.read_text()
    return made


@pytest.fixture
def instance(prepared: Path, tmp_path: Path) -> Path:
    """A copy of the prepared instance for one test."""
    return shutil.copytree(prepared, tmp_path / "copy")


def command(*arguments: str) -> list[str]:
    """Return the command line of `lms …` as it is run without being installed."""
    return [sys.executable, "-m", "flask", "--app", "wsgi", "lms", *arguments]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def own_environment(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let commands of this process see only this environment, and make an application of their own."""
    made: list[Flask] = []
    with monkeypatch.context() as patch:
        for name in set(os.environ) - set(variables):
            patch.delenv(name)
        for name, value in variables.items():
            patch.setenv(name, value)
        patch.setattr(shell, "_made", made)
        yield
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


class Server:
    """A server started by the real command in a process group of its own, with what it has printed so far."""

    def __init__(
        self, instance: Path, log: Path, port: int, arguments: tuple[str, ...], *, without: str = "", **changes: str
    ) -> None:
        self.port, self.log, self.instance = port, log, instance
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                lacking(without, *arguments) if without else command(*arguments), cwd=ROOT,
                env=environment(instance, PORT=str(port), **changes), stdout=out,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
            )

    @property
    def printed(self) -> str:
        return self.log.read_text()

    def wait_ready(self) -> str:
        """Wait for the line that begins with `ready` and return it."""
        return wait_for(lambda: next((line for line in self.printed.splitlines() if line.startswith("ready ")), ""))

    def group(self) -> list[int]:
        """Return the living processes of the server's group."""
        found = subprocess.run(
            ["ps", "-o", "pid=,stat=", "-g", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(line.split()[0]) for line in found.stdout.splitlines() if "Z" not in line.split()[1]]

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=10)


def wait_for(look: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Look again and again until there is something; fail when time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.02)
    raise AssertionError(f"nothing after {seconds} s")


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
