"""Bodies that come slowly: they keep nobody from working, and arrive whole, whatever their size."""

import hashlib
import io
import threading

import pytest
from flask import Flask, request
from werkzeug.test import create_environ, run_wsgi_app

from lms.core.web import bodies

USUAL = 2_000_000


class Slow(io.RawIOBase):
    """A body whose second half comes when it is told to."""

    def __init__(self, first, second):
        self.parts, self.begun, self.goes_on = [first, second], threading.Event(), threading.Event()

    def readable(self):
        return True

    def read(self, size=-1):
        if not self.parts:
            return b""
        if len(self.parts) == 1:
            self.begun.set()
            assert self.goes_on.wait(30)
        return self.parts.pop(0)


@pytest.fixture
def site():
    """An application that tells what it was sent."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = bodies.LONGEST
    app.add_url_rule("/", view_func=lambda: hashlib.sha256(request.get_data()).hexdigest(), methods=["GET", "POST"])
    bodies.init_app(app)
    return app


def send(site, body, length):
    """What the site answers to a body, handed over as a server does: the test client would look into it first."""
    environ = create_environ("/", method="POST")
    pieces, _status, _headers = run_wsgi_app(site, environ | {"wsgi.input": body, "CONTENT_LENGTH": str(length)})
    return b"".join(pieces).decode()


def test_phones_that_send_slowly_keep_nobody_from_reading(site):
    """More of them than there are turns: each waits for its own body only."""
    slow = [Slow(b"a" * 10, b"b" * 10) for _ in range(bodies.TURNS + 2)]
    replies = {}
    threads = [
        threading.Thread(target=lambda n=n, body=body: replies.update({n: send(site, body, 20)}))
        for n, body in enumerate(slow)
    ]
    for thread in threads:
        thread.start()
    for body in slow:
        assert body.begun.wait(30)
    reader = threading.Thread(target=lambda: replies.update(reader=site.test_client().get("/").status_code))
    reader.start()
    reader.join(30)
    was_read = replies.get("reader")
    for body in slow:
        body.goes_on.set()
    for thread in threads:
        thread.join(30)

    assert was_read == 200
    assert [replies[n] for n in range(len(slow))] == [hashlib.sha256(b"a" * 10 + b"b" * 10).hexdigest()] * len(slow)


def test_no_more_requests_compute_at_once_than_there_are_turns(site):
    most, now, lock, full, go_on = [0], [0], threading.Lock(), threading.Event(), threading.Event()

    def busy():
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
            if now[0] == bodies.TURNS:
                full.set()
        assert go_on.wait(30)
        with lock:
            now[0] -= 1
        return ""

    site.add_url_rule("/busy", view_func=busy)
    threads = [threading.Thread(target=lambda: site.test_client().get("/busy")) for _ in range(bodies.TURNS * 3)]
    for thread in threads:
        thread.start()
    assert full.wait(30)
    go_on.set()
    for thread in threads:
        thread.join(30)

    assert most[0] == bodies.TURNS
    assert now[0] == 0


@pytest.mark.parametrize("size", [0, 1, bodies.IN_MEMORY, bodies.IN_MEMORY + 1, USUAL])
def test_a_body_of_any_allowed_size_arrives_whole(site, size):
    body = bytes(n % 251 for n in range(size))

    assert send(site, io.BytesIO(body), size) == hashlib.sha256(body).hexdigest()


def test_what_follows_a_body_on_its_connection_is_left_there(site):
    """The next request of a kept connection begins where the body ends."""
    stream = io.BytesIO(b"body" + b"GET /next")

    assert send(site, stream, 4) == hashlib.sha256(b"body").hexdigest()
    assert stream.read() == b"GET /next"


@pytest.mark.parametrize("length", [str(bodies.LONGEST + 1), "-1", "many", "1e3"])
def test_a_body_that_is_refused_by_its_announcement_is_not_fetched(site, length):
    stream = io.BytesIO(b"x" * 100)
    send(site, stream, length)

    assert stream.tell() == 0


def test_a_page_that_takes_pictures_takes_more_than_the_others(app):
    """The application's own limit holds everywhere else, so a form of text cannot be used to fill the disk."""
    views = app.view_functions.items()
    taking = {endpoint: view.takes for endpoint, view in views if getattr(view, "takes", None) is not None}
    assert taking
    assert all(app.config["MAX_CONTENT_LENGTH"] < size <= bodies.LONGEST for size in taking.values())
    assert all(endpoint.rpartition(".")[2].startswith("attach") for endpoint in taking)


def test_no_page_may_take_more_than_is_fetched():
    with pytest.raises(ValueError, match="takes a body"):
        bodies.takes(bodies.LONGEST + 1)
