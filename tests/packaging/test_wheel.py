"""`pip install .` gives a working engine in an empty folder, with nothing of the checkout in reach."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from running import ROOT, free_port

LEFT_OUT = shutil.ignore_patterns(
    ".venv", ".git", "__pycache__", "instance", ".*_cache", ".hypothesis", "build", "test-output"
)


@pytest.mark.slow
def test_an_installed_engine_runs_from_an_empty_folder(tmp_path: Path) -> None:
    source = shutil.copytree(ROOT, tmp_path / "source", ignore=LEFT_OUT)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(source)], check=True, timeout=600)
    shutil.rmtree(source)
    empty = tmp_path / "empty"
    empty.mkdir()
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LMS_", "PYTHON"))}
    environment = kept | {"PORT": str(port), "INSTANCE": str(empty / "data")}
    lms = str(tmp_path / "venv" / "bin" / "lms")
    checked = subprocess.run([lms, "check"], cwd=empty, env=environment, capture_output=True, text=True, timeout=120)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.startswith("3 programs, 11 modules")
    log = empty / "log"
    with log.open("wb") as out:
        server = subprocess.Popen([lms, "demo"], cwd=empty, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 180
        while f"ready http://127.0.0.1:{port}/" not in log.read_text():
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        for path in ("healthz", "masuk"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=20) as reply:
                assert reply.status == 200
    finally:
        server.terminate()
        server.wait(timeout=15)
    assert sorted(path.name for path in empty.iterdir()) == ["data", "log"]
