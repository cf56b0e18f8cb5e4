"""Starting a server under test and reading what it costs from /proc."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from lms.core.serving import THREADS

WORKERS = 2
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A gunicorn with its workers, on a port of its own."""

    def __init__(
        self, application: str, port: int, *, environment: dict[str, str], ready: str, workers: int = WORKERS
    ) -> None:
        self.port = port
        shared = "/dev/shm" if Path("/dev/shm").is_dir() else "/tmp"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread",
             "--workers", str(workers), "--threads", str(THREADS), "--worker-tmp-dir", shared, "--log-level", "warning",
             "--keep-alive", "30"],
            env={**os.environ, **environment}, start_new_session=True,
        )
        self._wait(ready)

    def _wait(self, path: str) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
                connection.request("GET", path)
                if connection.getresponse().status < 500:
                    return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError(f"no answer on port {self.port}")

    def cpu_seconds(self) -> float:
        """Return user and system time of the server and its workers so far."""
        total = 0
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == self.process.pid:  # the process group
                total += int(fields[11]) + int(fields[12])
        return total / TICKS

    def stop(self) -> None:
        """End the server and wait until it is gone."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=15)
