"""`python -m bench`: starts both servers, drives them in turn, prints a table and JSON."""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from bench import scenarios
from bench.client import Browser, Unexpected
from bench.server import Server
from bench.world import Learner, build

#: Rounds of each client that are not counted: templates are compiled and the programme is read on the way.
WARM_UP = 3


def main() -> int:
    """Run every scenario against ours, interleaved with the bare page; a failed check makes the exit code 1."""
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--requests", type=int, default=400, help="bound on the rounds of one scenario")
    parser.add_argument("--seconds", type=float, default=10.0, help="bound on the time of one scenario")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--database-url", help="measure on this empty database instead of SQLite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        learners = build(Path(folder), options.database_url)
        port, bare_port = _free_port(), _free_port()
        environment = {"INSTANCE": folder, "PORT": str(port), "LMS_ENV": "development"}
        if options.database_url:
            environment["LMS_DATABASE_URL"] = options.database_url
        ours = Server("wsgi:application", port, environment=environment, ready="/masuk")
        bare = Server("bench.bare:application", bare_port, environment=dict(os.environ), ready="/")
        try:
            result = _measure(ours, bare, learners, options)
        finally:
            ours.stop()
            bare.stop()
    _print(result)
    text = json.dumps(result, indent=1)
    if options.json:
        options.json.write_text(text)
    print(text)
    return 1 if any(row["errors"] for row in result["scenarios"].values()) else 0


def _measure(ours: Server, bare: Server, learners: list[Learner], options: argparse.Namespace) -> dict:
    rows: dict[str, dict] = {}
    for name, scenario in scenarios.ALL.items():
        floor = _drive(bare, scenarios.BARE, learners, options)
        row = _drive(ours, scenario, learners, options)
        for figure in ("cpu_ms", "p50_ms", "p99_ms"):
            row[f"{figure}_ratio"] = round(row[figure] / floor[figure], 2) if floor[figure] else None
        row["rate_ratio"] = round(row["per_second"] / floor["per_second"], 3)
        row["bare_cpu_ms"] = floor["cpu_ms"]
        rows[name] = row
    return {
        "clients": options.clients, "learners": len(learners), "cores": os.cpu_count(),
        "password_hash_cpu_ms": scenarios.password_hash_ms(), "scenarios": rows,
    }


def _drive(
    server: Server, scenario: scenarios.Scenario, learners: list[Learner], options: argparse.Namespace
) -> dict:
    """Run a scenario from several kept-alive clients; CPU is that of the server's whole process group."""
    clients = []
    for number in range(options.clients):
        browser, own = Browser(server.port), learners[number :: options.clients]
        if scenario.people:
            own = own[: scenario.people]
            scenarios.prepare(browser, own)
        for turn in range(WARM_UP):
            scenario.run(browser, own[turn % len(own)])
        clients.append((browser, own))
    share = max(1, options.requests // options.clients)
    deadline = time.monotonic() + options.seconds
    times: list[float] = []
    requests, errors, lock = [0], [0], threading.Lock()

    def client(browser: Browser, own: list[Learner]) -> None:
        for turn in range(share):
            if time.monotonic() > deadline:
                return
            started = time.perf_counter()
            try:
                sent = scenario.run(browser, own[turn % len(own)])
            except (Unexpected, OSError) as problem:
                with lock:
                    errors[0] += 1
                print(f"error: {problem}", file=sys.stderr)
                return
            with lock:
                times.append(time.perf_counter() - started)
                requests[0] += sent

    before, started = server.cpu_seconds(), time.perf_counter()
    threads = [threading.Thread(target=client, args=each) for each in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed, cpu = time.perf_counter() - started, server.cpu_seconds() - before
    rounds = max(1, len(times))
    ordered = sorted(times) or [0.0]
    return {
        "rounds": len(times), "requests": requests[0], "errors": errors[0],
        "per_second": round(len(times) / elapsed, 1), "cpu_ms": round(1000 * cpu / rounds, 2),
        "p50_ms": round(1000 * statistics.median(ordered), 1),
        "p99_ms": round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 1),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _print(result: dict) -> None:
    print(f"{'scenario':<22}{'rounds':>7}{'err':>5}{'/s':>8}{'CPU ms':>9}{'x bare':>8}{'p50 ms':>9}{'p99 ms':>9}")
    for name, row in result["scenarios"].items():
        print(
            f"{name:<22}{row['rounds']:>7}{row['errors']:>5}{row['per_second']:>8}{row['cpu_ms']:>9}"
            f"{row['cpu_ms_ratio'] or '-':>8}{row['p50_ms']:>9}{row['p99_ms']:>9}"
        )
    print(f"one password hash: {result['password_hash_cpu_ms']} ms CPU")


if __name__ == "__main__":
    sys.exit(main())
