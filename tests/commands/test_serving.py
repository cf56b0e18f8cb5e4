"""Starting and stopping, as a newcomer and a process manager do it: real processes, real signals."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from running import Run, Server, port_is_free, wait_for

Start = Callable[..., Server]


def ask_health(port: int) -> tuple[int, dict[str, str], dict[str, str]]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as reply:
        return reply.status, json.loads(reply.read()), dict(reply.headers)


def test_a_server_says_ready_when_it_answers_and_keeps_its_pid(instance: Path, start: Start) -> None:
    server = start(instance)
    assert server.wait_ready() == f"ready http://127.0.0.1:{server.port}/"
    status, state, headers = ask_health(server.port)
    assert status == 200
    assert {"status": "ok", "database": "ok", "migrations": "current"}.items() <= state.items()
    assert set(state) == {"status", "version", "database", "migrations"}
    assert "Set-Cookie" not in headers
    assert int((instance / "server.pid").read_text()) == server.process.pid


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("whom", ["process", "group"])
def test_a_signal_frees_the_port_within_five_seconds_and_leaves_no_child(
    instance: Path, start: Start, number: signal.Signals, whom: str
) -> None:
    server = start(instance)
    server.wait_ready()
    assert len(server.group()) > 1
    began = time.monotonic()
    (os.killpg if whom == "group" else os.kill)(server.process.pid, number)
    wait_for(lambda: port_is_free(server.port) and not server.group(), 10)
    assert time.monotonic() - began < 5
    assert server.process.wait(timeout=5) == 0
    assert not (instance / "server.pid").exists()


def test_a_slow_visitor_does_not_keep_the_port(instance: Path, start: Start) -> None:
    import socket

    server = start(instance)
    server.wait_ready()
    with socket.create_connection(("127.0.0.1", server.port)) as slow:
        slow.sendall(b"POST /masuk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nhalf")
        began = time.monotonic()
        os.kill(server.process.pid, signal.SIGTERM)
        wait_for(lambda: port_is_free(server.port) and not server.group(), 10)
    assert time.monotonic() - began < 5


def test_a_used_port_is_told_and_ends_the_second_server(instance: Path, start: Start, run_process: Run) -> None:
    server = start(instance)
    server.wait_ready()
    for arguments in (("serve",), ("demo",)):
        second = run_process(*arguments, folder=instance, PORT=str(server.port))
        assert second.returncode != 0
        assert f"Port {server.port} is in use" in second.stderr
        assert "Traceback" not in second.stderr
    assert int((instance / "server.pid").read_text()) == server.process.pid


def content(instance: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    with sqlite3.connect(instance / "lms.sqlite3") as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall() for name in names}


def test_the_second_start_changes_nothing(instance: Path, run: Run) -> None:
    accounts = (instance / "demo-accounts.json").read_bytes()
    before = content(instance)
    # The addresses of the accounts name the port of the first start.
    port = urlsplit(json.loads(accounts)[0]["start"]).port
    again = run("demo", "--prepare", folder=instance, PORT=str(port))
    assert again.returncode == 0, again.stderr
    assert content(instance) == before
    assert (instance / "demo-accounts.json").read_bytes() == accounts
    assert "Making demo data" not in again.stdout


def test_what_an_instance_holds_is_for_its_owner_only(instance: Path) -> None:
    open_files = [
        path.name for path in instance.iterdir() if path.is_file() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_files == []


def test_without_gunicorn_waitress_serves(instance: Path, start: Start) -> None:
    """As on Windows: one process, the same ready line, the same end."""
    server = start(instance, "serve", without="gunicorn")
    server.wait_ready()
    assert ask_health(server.port)[0] == 200
    assert len(server.group()) == 1
    os.kill(server.process.pid, signal.SIGTERM)
    assert server.process.wait(timeout=5) == 0
    assert port_is_free(server.port)
    assert not (instance / "server.pid").exists()


def test_a_wrong_port_is_a_sentence(instance: Path, run: Run) -> None:
    refused = run("serve", folder=instance, PORT="99999")
    assert refused.returncode == 1
    assert refused.stderr.startswith("lms: PORT=99999 is not a port")


def test_an_empty_database_is_not_served(tmp_path: Path, run: Run) -> None:
    refused = run("serve", folder=tmp_path / "new")
    assert refused.returncode == 1
    assert "run `lms migrate` first" in refused.stderr
