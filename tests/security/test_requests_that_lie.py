"""Requests that say one thing and send another: cut bodies, bodies without length, signs and numbers nobody types."""

import io
import uuid

import pytest
import sqlalchemy as sa
from contracts.test_route_matrix import Walker, checksum
from werkzeug.exceptions import HTTPException

from lms.core.db import db
from lms.core.web.forms import Form, WholeField
from lms.lessons.models import Reflection


def body_of(walker, **fields):
    from urllib.parse import urlencode

    return urlencode({"_csrf": walker.token, "_op": str(uuid.uuid4()), **fields}).encode()


def reflections():
    db.session.rollback()
    return db.session.scalars(sa.select(Reflection.text)).all()


class Pieces(io.RawIOBase):
    """What a server hands on of a body in pieces: a good beginning, then its own error."""

    def __init__(self, beginning, problem):
        self.left, self.problem = beginning, problem

    def readable(self):
        return True

    def seek(self, *_place):
        return 0

    def tell(self):
        return 0

    def read(self, size=-1):
        if not self.left and self.problem is not None:
            raise self.problem
        part, self.left = self.left[:size], self.left[size:]
        return part


class ServersOwnError(Exception):
    """An error of a class that the program does not know."""


@pytest.mark.both
def test_a_form_that_was_cut_off_on_its_way_is_refused_whole(app, world):
    """A phone that loses its signal leaves half a form; half a text is never stored as if it were all."""
    walker = Walker(app, world, "teacher")
    path = f"/pelajaran/{world.own.objects['enrolment']}/m00-1/refleksi"
    body, before = body_of(walker, text="Besok saya coba lagi " * 50), checksum()
    for sent in (body[: len(body) // 2], body[:-1], b""):
        reply = walker.client.post(
            path, input_stream=io.BytesIO(sent), content_type="application/x-www-form-urlencoded",
            environ_overrides={"CONTENT_LENGTH": str(len(body)), "wsgi.input_terminated": True},
        )
        assert reply.status_code == 400, len(sent)
    assert checksum() == before

    whole = walker.client.post(
        path, input_stream=io.BytesIO(body), content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(len(body)), "wsgi.input_terminated": True},
    )
    assert whole.status_code == 303
    assert ("Besok saya coba lagi " * 50).strip() in reflections()


def test_a_form_in_parts_that_was_cut_off_is_refused_whole(app, world):
    walker, before = Walker(app, world, "teacher"), checksum()
    path = f"/pelajaran/{world.own.objects['enrolment']}/m00-1/refleksi"
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value.encode())
        for name, value in (("_csrf", walker.token), ("_op", str(uuid.uuid4())), ("text", "Besok " * 100))
    ) + b"--x--\r\n"
    for sent in (body[: len(body) // 2], body[:-8]):
        reply = walker.client.post(
            path, input_stream=io.BytesIO(sent), content_type="multipart/form-data; boundary=x",
            environ_overrides={"CONTENT_LENGTH": str(len(body)), "wsgi.input_terminated": True},
        )
        assert reply.status_code == 400
    assert checksum() == before


@pytest.mark.parametrize(("beginning", "problem"), [
    (b"", ServersOwnError("Invalid chunk size")), (b"_csrf=", ServersOwnError("Invalid chunk size")),
    (b"a" * 3_000_000, None), (b"identifier=x&secret=y", None),
])
@pytest.mark.parametrize("path", ["/masuk", "/akun/pin"])
def test_a_body_that_does_not_say_how_long_it_is_is_not_read(app, path, beginning, problem):
    """No browser sends a form that way; a broken piece of it or its cut end could not be told from the whole."""
    reply = app.test_client().post(
        path, input_stream=Pieces(beginning, problem), content_type="application/x-www-form-urlencoded",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )

    assert reply.status_code == 411
    assert "<h1" in reply.text


@pytest.mark.both
@pytest.mark.parametrize("path", [
    "/kelola/orang?q=%00", "/kelola/orang?peran=a%00b", "/kelola/catatan?tindakan=%00", "/kelola/catatan?objek=%00",
    "/kelola/catatan?orang=%00", "/pemantauan/peserta?q=%00", "/pemantauan/peserta?kecamatan=%00",
    "/kelola/orang?%00=x", "/pratinjau/%00", "/masuk?lanjut=%00", "/diklat/a%00b",
])
def test_a_zero_byte_in_an_address_is_refused_on_both_databases(app, world, path):
    assert Walker(app, world, "admin").client.get(path).status_code == 400


@pytest.mark.both
def test_a_zero_byte_in_a_hidden_field_breaks_nothing(app, world):
    walker = Walker(app, world, "teacher")
    path = f"/pelajaran/{world.own.objects['enrolment']}/m00-1"
    for name in ("_device", "_seq", "_at", "_kept", "lanjut", "go", "slot", "role", "shared"):
        for address, field in ((f"{path}/refleksi", "text"), (f"{path}/tanya", "question"), ("/akun/peran", "role"),
                               (f"/percobaan/{world.own.objects['attempt']}", "s1.answer")):
            reply = walker.client.post(address, data={
                "_csrf": walker.token, "_op": str(uuid.uuid4()), field: "Satu\x00dua.", name: "a\x00b"})
            assert reply.status_code in (303, 400, 409, 422), (address, name)


@pytest.mark.parametrize("slot", ["1000", "9" * 12, "9" * 25, "9" * 5000, "-1", "1e3", "%D9%A3"])
def test_a_number_that_no_row_can_have_names_nothing(app, world, slot):
    walker = Walker(app, world, "instructor")
    path = f"/penilaian/{world.own.objects['essay']}/{slot}"

    assert walker.client.get(path).status_code == 404
    reply = walker.client.post(path, data={"_csrf": walker.token, "_op": str(uuid.uuid4()), "mark": "80"})
    assert reply.status_code == 404


@pytest.mark.parametrize("day", ["0001-01-01", "01/01/0001", "31/12/9999", "9999-12-31", "1899-12-31", "2200-01-01"])
def test_a_day_outside_the_years_people_mean_is_not_read(app, world, day):
    walker, person = Walker(app, world, "admin"), world.own.objects["person"]
    for name in ("dari", "sampai"):
        assert walker.client.get(f"/kelola/catatan?{name}={day}").status_code == 200
    for name in ("since", "until"):
        reply = walker.client.post(f"/kelola/orang/{person}/peran", data={
            "_csrf": walker.token, "_op": str(uuid.uuid4()), "role": "coordinator", "scope": "program:diklat-mini",
            "paper": "SK 1", name: day})
        assert reply.status_code == 422
        assert "Tulis tanggal seperti 21/11/2026." in reply.text


@pytest.mark.parametrize("typed", ["000000003" + "9" * 6, "0" * 8 + "3" + "9" * 5000, "11", "-1", "3.0", "٣", "３", ""])
def test_a_whole_number_is_judged_to_its_last_digit(app, typed):
    class Small(Form):
        number = WholeField("Angka", least=0, most=10)

    with app.test_request_context("/", method="POST", data={"number": typed}):
        form = Small()
        assert not form.validate()
        assert form.number.errors == ["Tulis angka 0 sampai 10."]


def test_no_refusal_of_these_is_an_error_of_ours():
    assert not issubclass(ServersOwnError, (OSError, HTTPException)), "else the tests above would prove nothing"
