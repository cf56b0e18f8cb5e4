"""A server that is killed loses no answer it has acknowledged and keeps none twice.

A real gunicorn is killed with SIGKILL under eight writers. What was acknowledged must be there after the restart; what
was not may be sent again with its operation id and then has one effect.
"""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from lms.core.db import db, write_tx
from lms.core.operations import Operation
from lms.lessons import services as lessons
from lms.quizzes import services as quizzes
from lms.quizzes.models import AnswerLog, AttemptQuestion
from lms.testing_stories import Story

ROOT = Path(__file__).resolve().parents[2]
WRITERS = 8


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A gunicorn of two workers in a process group of its own."""

    def __init__(self, app, port):
        config = app.extensions["lms.config"]
        self.port = port
        self.environment = {
            "PATH": os.environ["PATH"], "INSTANCE": str(config.instance), "LMS_ENV": "development",
            "LMS_DATABASE_URL": config.database_url, "LMS_KEY_FILE": str(config.key_file), "PORT": str(port),
        }

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:application", "--bind", f"127.0.0.1:{self.port}", "--workers", "2",
             "--worker-class", "gthread", "--threads", "4", "--log-level", "error"],
            cwd=ROOT, env=self.environment, start_new_session=True, stderr=subprocess.DEVNULL,
        )
        for _ in range(300):
            try:
                if self.ask("GET", "/healthz", "")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def ask(self, method, path, cookie, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            headers = {"Cookie": cookie, "X-Requested-With": "sanggar"}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body and urlencode(body), headers)
            reply = connection.getresponse()
            return reply.status, reply.read().decode()
        finally:
            connection.close()

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Writer(threading.Thread):
    """A learner who saves one answer after another until the server is gone."""

    def __init__(self, server, path, cookie, token, options):
        super().__init__()
        self.server, self.path, self.cookie, self.token, self.options = server, path, cookie, token, options
        self.acknowledged, self.unanswered, self.stop, self.odd = [], [], False, []

    def run(self):
        rng = random.Random(self.path)
        while not self.stop:
            slot, field, values = rng.choice(self.options)
            body = {"_csrf": self.token, "_op": str(uuid.uuid4()), "slot": slot, field: rng.choice(values)}
            try:
                status, text = self.server.ask("POST", self.path, self.cookie, body)
            except (OSError, http.client.HTTPException):
                self.unanswered.append(body)
                return
            if status == 200:
                self.acknowledged.append(body["_op"])
            else:
                self.odd.append((status, text[:200]))


def prepare(app, story):
    """Eight learners with a running attempt; returns what each needs to write."""
    cohort, ready = story.cohort(), []
    for _ in range(WRITERS):
        learner = story.teacher(cohort)
        client = app.test_client()
        token = story.sign_in(client, learner)
        with write_tx():
            for lesson in ("m00-1", "m00-2"):
                lessons.finish_lesson(learner.enrolment_uuid, lesson, by=learner.actor)
            attempt = quizzes.start_attempt(learner.enrolment_uuid, "m00-awal", by=learner.actor)
        text = client.get(f"/percobaan/{attempt}").text
        options = []
        for slot in re.findall(r'name="slot" value="(\d+)"', text):
            found = re.findall(rf'name="(s{slot}\.\w+)"[^>]*value="([^"]+)"', text)
            options.append((slot, found[0][0], [value for _name, value in found]))
        ready.append((f"/percobaan/{attempt}", f"sid={client.get_cookie('sid').value}", token, options))
    return ready


def one_kill(server, ready, after):
    """Write until the server is killed; return the writers."""
    writers = [Writer(server, *one) for one in ready]
    for writer in writers:
        writer.start()
    deadline = time.monotonic() + 60
    while sum(len(writer.acknowledged) for writer in writers) < WRITERS and time.monotonic() < deadline:
        time.sleep(0.02)  # On a busy machine the first answers take their time.
    time.sleep(after)
    server.kill()
    for writer in writers:
        writer.stop = True
    for writer in writers:
        writer.join(30)
    return writers


def check(server, writers, engine_name):
    db.session.rollback()
    assert [odd for writer in writers for odd in writer.odd] == []
    acknowledged = [uuid.UUID(op) for writer in writers for op in writer.acknowledged]
    kept = set(db.session.scalars(sa.select(Operation.id)))
    assert set(acknowledged) <= kept, "an acknowledged answer was lost"
    twice = db.session.execute(
        sa.select(AnswerLog.operation_id, AnswerLog.slot).where(AnswerLog.operation_id.is_not(None))
        .group_by(AnswerLog.operation_id, AnswerLog.slot).having(sa.func.count() > 1)
    ).all()
    assert twice == [], "an answer was kept twice"
    logged = set(db.session.scalars(sa.select(AnswerLog.operation_id)))
    assert logged <= kept, "an answer without its operation"
    if engine_name == "sqlite":
        assert db.session.scalar(sa.text("PRAGMA integrity_check")) == "ok"
        assert db.session.execute(sa.text("PRAGMA foreign_key_check")).all() == []
    return len(acknowledged)


def the_last_answer_of_each_question_counts():
    db.session.rollback()
    newest = {}
    for row in db.session.scalars(sa.select(AnswerLog).order_by(AnswerLog.id)):
        newest[row.attempt_id, row.slot] = row.value
    for row in db.session.scalars(sa.select(AttemptQuestion)):
        if (row.attempt_id, row.slot) in newest:
            assert row.answer == newest[row.attempt_id, row.slot]


def try_it(app, engine_name, kills):
    server = Server(app, free_port())
    ready, total, rng = prepare(app, Story()), 0, random.Random(7)
    for _ in range(kills):
        server.start()
        try:
            writers = one_kill(server, ready, 0.4 + rng.random())
            total += check(server, writers, engine_name)
            server.start()
            for writer in writers:
                for body in writer.unanswered:
                    first = server.ask("POST", writer.path, writer.cookie, body)
                    assert first[0] == 200
                    assert server.ask("POST", writer.path, writer.cookie, body) == first
            check(server, writers, engine_name)
        finally:
            if server.process.poll() is None:
                server.kill()
    the_last_answer_of_each_question_counts()
    assert total > 0, "nothing was written before the kill"


def test_one_kill_loses_no_acknowledged_answer(app, engine_name):
    try_it(app, engine_name, 1)


@pytest.mark.slow
@pytest.mark.both
def test_FAULT_F01_eight_kills_lose_no_acknowledged_answer_and_keep_none_twice(app, engine_name):
    try_it(app, engine_name, 8)
