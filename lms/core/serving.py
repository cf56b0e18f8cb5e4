"""Serving the application: gunicorn where there is one, waitress on Windows; a pid file, a ready line, a clean end.

What production still lacks in its database is found here, because only a running program can ask it: `problems`
returns sentences that say what to do, and a server that has some does not start.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask

from lms.config import Config
from lms.core import jobs, migrations

THREADS = 16
#: A stop must free the port within five seconds, also when a slow request is under way.
GRACE_SECONDS = 3
#: A worker is replaced after this many requests, so that a leak somewhere never grows without end.
REQUESTS_PER_WORKER = 5000
JOB_PAUSE_SECONDS = 5.0
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108


class PortInUse(Exception):
    """Another program listens there already."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen, and what to say when the server answers there."""

    host: str
    port: int
    base_url: str

    @property
    def bind(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def waiting_migrations() -> bool:
    """Tell whether the database is older than the program. Needs an application context."""
    return migrations.current() != migrations.newest()


def check_port(address: Address) -> None:
    """Raise `PortInUse` when something listens at the address."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            # The port of a server that has just ended may be taken again at once.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            raise PortInUse from error


@contextlib.contextmanager
def pid_file(path: Path) -> Iterator[None]:
    """Keep our process id in a file while we serve; a forked worker that leaves this way does not remove it."""
    own = os.getpid()
    path.write_text(f"{own}\n")
    try:
        yield
    finally:
        if os.getpid() == own and path.exists() and path.read_text().strip() == str(own):
            path.unlink()


def running_pid(path: Path) -> int | None:
    """Return the process that a pid file names when it is alive, else None."""
    try:
        pid = int(path.read_text())
        if sys.platform == "win32":
            # There `os.kill` with 0 would send Ctrl-C; a server that ended badly leaves a file that is removed by hand.
            return pid
        os.kill(pid, 0)
    except (OSError, ValueError, OverflowError):
        return None
    return pid


def serve(build: Callable[[], Flask], address: Address, config: Config, *, say: Callable[[str], None]) -> None:
    """Serve until a signal ends it. `build` makes the application, once in every worker."""
    announce = lambda: _announce(address, say)  # noqa: E731
    with pid_file(config.instance / "server.pid"):
        try:
            from gunicorn.app.base import BaseApplication
        except ImportError:
            # Windows has no gunicorn; waitress is slower and serves from one process.
            _serve_with_waitress(build, address, announce)
        else:
            _serve_with_gunicorn(BaseApplication, build, address, announce)


def _serve_with_gunicorn(
    base: Any, build: Callable[[], Flask], address: Address, announce: Callable[[], None]
) -> None:
    settings = {
        "bind": address.bind,
        "workers": os.cpu_count() or 1,
        "threads": THREADS,
        "worker_class": "gthread",
        "worker_tmp_dir": str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None,
        "max_requests": REQUESTS_PER_WORKER,
        "max_requests_jitter": REQUESTS_PER_WORKER // 10,
        "timeout": 30,
        "graceful_timeout": GRACE_SECONDS,
        "loglevel": "warning",
        "proc_name": "sanggar",
        "control_socket_disable": True,
        "post_worker_init": lambda worker: _start_helpers(worker.wsgi, announce if worker.age == 1 else None),
    }

    class Server(base):  # type: ignore[misc]
        """gunicorn with our settings and no command line of its own."""

        def load_config(self) -> None:
            for name, value in settings.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Flask:
            return build()

    Server().run()


def _serve_with_waitress(build: Callable[[], Flask], address: Address, announce: Callable[[], None]) -> None:
    import waitress

    app = build()
    _start_helpers(app, announce)
    waitress.serve(app, host=address.host, port=address.port, threads=2 * THREADS, ident=None)


def _start_helpers(app: Any, announce: Callable[[], None] | None) -> None:
    """Begin what runs beside the requests: the job runner, and once the look whether the server answers."""
    if isinstance(app, Flask):
        threading.Thread(target=_run_jobs, args=(app,), name="jobs", daemon=True).start()
    if announce is not None:
        threading.Thread(target=announce, name="ready", daemon=True).start()


def _run_jobs(app: Flask) -> None:
    while True:
        time.sleep(JOB_PAUSE_SECONDS)
        try:
            with app.app_context():
                jobs.turn()
        except Exception:  # A database that is away for a moment must not end the runner.
            jobs.log.exception("the job runner could not look for work")


def _announce(address: Address, say: Callable[[str], None]) -> None:
    """Say `ready` when the health page answers; a minute without an answer is told as well."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if _answers(address):
            say(f"ready {address.base_url}/")
            return
        time.sleep(0.1)
    say(f"The server does not answer at {address.base_url}/healthz; see the messages above.")


def _answers(address: Address) -> bool:
    host = "127.0.0.1" if address.host in ("0.0.0.0", "::") else address.host  # noqa: S104
    connection = http.client.HTTPConnection(host, address.port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(address.base_url).netloc})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
