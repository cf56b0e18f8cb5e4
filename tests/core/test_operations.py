"""The same thing sent twice has one effect and one answer; another thing under the same id is handed back."""

import hashlib
import itertools
import re
import threading
import uuid

import pytest
import sqlalchemy as sa
from core.trial_form import Sender, notes
from hypothesis import given, strategies as st
from reading_pages import read

from lms.core import operations
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.operations import Operation, Request, body_hash
from lms.core.permissions import SYSTEM
from lms.core.web import pages


def rows():
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Operation))


@pytest.mark.both
def test_the_same_form_sent_twice_has_one_effect_and_the_first_reply(sender):
    op = uuid.uuid4()
    first, second = sender.send("satu", op=op), sender.send("satu", op=op)

    assert first.status_code == second.status_code == 303
    assert first.location == second.location == "/akun?x=satu"
    assert notes() == ["satu"]


@pytest.mark.both
def test_twenty_copies_at_the_same_moment_have_one_effect(sender, trial):
    op, replies, gate = uuid.uuid4(), [], threading.Barrier(20)

    def send():
        client = trial.test_client()
        client.set_cookie("sid", sender.client.get_cookie("sid").value)
        gate.wait(20)
        replies.append(sender.send("satu", op=op, client=client).location)

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert replies == ["/akun?x=satu"] * 20
    assert notes() == ["satu"]
    assert rows() == 1


@pytest.mark.both
def test_the_same_id_with_another_body_is_handed_back_with_a_new_id(sender):
    op = uuid.uuid4()
    sender.send("satu", op=op)
    long_text = "dua " * 30

    reply = sender.send(long_text, op=op)

    assert reply.status_code == 409
    page = read(reply)
    assert "Isian ini berbeda dari yang sudah terkirim; kirim sebagai perubahan?" in page.words
    form = page.form_to("/coba")
    fields = dict(form.fields)
    assert fields["text"] == long_text
    assert fields["_op"] != str(op)
    assert notes() == ["satu"]
    sender.client.post("/coba", data=form.filled())
    assert notes() == ["satu", long_text]


@pytest.mark.both
def test_the_same_id_on_another_kind_or_another_page_is_another_thing(app, story, sender):
    op = uuid.uuid4()
    by = sender.who.actor
    with app.app_context():
        operations.carry_out(Request(op, "trial.write", body_hash([])), lambda _by: {}, by=by)
        with pytest.raises(operations.OtherBody):
            operations.carry_out(Request(op, "trial.other", body_hash([])), lambda _by: {}, by=by)


@pytest.mark.both
def test_an_id_of_somebody_else_does_not_exist(sender, trial, story):
    op = uuid.uuid4()
    sender.send("satu", op=op)

    other = Sender(trial, story)

    assert other.send("satu", op=op).status_code == 404
    assert other.send("dua", op=op).status_code == 404
    assert notes() == ["satu"]


@pytest.mark.both
@pytest.mark.parametrize("text", ["tolak", "salah"])
def test_a_refused_form_leaves_no_row_and_can_be_sent_again_with_its_id(sender, text):
    op = uuid.uuid4()

    assert sender.send(text, op=op).status_code in (409, 422)
    assert rows() == 0
    assert sender.send("baik", op=op).status_code == 303
    assert notes() == ["baik"]


def test_a_refusal_is_said_in_its_own_words_on_the_page_and_to_our_script(sender):
    assert "Tulisan tolak tidak dapat dipakai." in sender.send("tolak").text

    answer = sender.send("tolak", script=True)
    assert (answer.status_code, answer.json["code"]) == (409, "TrialRefusal")
    assert answer.json["text"] == "Tulisan tolak tidak dapat dipakai."


def test_our_script_gets_the_result_as_plain_data(sender):
    assert sender.send("satu", script=True).json == {"ok": True, "result": {"text": "satu"}}


@pytest.mark.both
def test_the_row_tells_who_when_what_and_from_which_device(sender):
    op = uuid.uuid4()
    sender.send("satu", op=op, _device="hp-1", _seq="7")

    row = db.session.get(Operation, op)
    assert (row.person_id, row.kind, row.device, row.seq) == (sender.who.person_id, "trial.write", "hp-1", 7)
    assert row.reply == {"to": "/akun?x=satu", "result": {"text": "satu"}}
    assert row.received_at.tzinfo is not None


def test_device_and_sequence_may_differ_between_copies(sender):
    op = uuid.uuid4()
    sender.send("satu", op=op, _device="hp-1", _seq="7")

    assert sender.send("satu", op=op, _device="hp-2", _seq="8").status_code == 303


def test_a_form_without_an_operation_id_changes_nothing(sender):
    for broken in ("", "x", "1" * 40):
        reply = sender.client.post("/coba", data={"_csrf": sender.token, "_op": broken, "text": "satu"})
        assert reply.status_code == 400
    assert notes() == []


def test_an_unknown_kind_is_a_mistake_of_the_program(app):
    with pytest.raises(LookupError):
        operations.carry_out(Request(uuid.uuid4(), "nobody.registered", ""), lambda _by: None, by=SYSTEM)


def test_looking_up_an_unknown_operation_finds_nothing(app):
    assert operations.seen(Request(uuid.uuid4(), "trial.write", ""), by=SYSTEM) is None


def test_somebody_elses_operation_is_not_found_by_looking_it_up(app, story, sender):
    op = uuid.uuid4()
    sender.send("satu", op=op)

    with pytest.raises(NotFound):
        operations.seen(Request(op, "trial.write", ""), by=SYSTEM)


def test_what_was_typed_cannot_be_guessed_from_the_hash_that_is_stored(app, story, trial):
    by, op = story.teacher().actor, uuid.uuid4()
    sent = Request(op, "trial.write", body_hash([("secret", "730185")]))
    operations.carry_out(sent, lambda _by: {}, by=by)
    stored = db.session.get_one(Operation, op).body_sha256

    guesses = [body_hash([("secret", "730185")]), hashlib.sha256(sent.body_sha256.encode()).hexdigest()]
    assert len(stored) == 64
    assert stored not in guesses
    assert operations.seen(sent, by=by) == {}


names = st.text(min_size=1, max_size=8).filter(lambda name: not name.startswith("_"))
bodies = st.lists(st.tuples(names, st.text(max_size=8)), max_size=6)


@given(bodies, st.randoms())
def test_the_order_of_fields_does_not_matter(body, rng):
    shuffled = list(body)
    rng.shuffle(shuffled)

    assert body_hash(shuffled) == body_hash(body)


@given(bodies, st.text(max_size=20))
def test_token_and_operation_id_do_not_matter(body, token):
    own = [("_op", token), ("_csrf", token), ("_device", token), ("_seq", token), ("_at", token)]

    assert body_hash([*body, *own]) == body_hash(body)


@given(bodies, bodies)
def test_different_bodies_have_different_hashes(one, other):
    assert (body_hash(one) == body_hash(other)) == (sorted(one) == sorted(other))


def test_where_a_value_ends_is_part_of_the_body():
    bodies = [[("a", "bc")], [("ab", "c")], [("a", "b"), ("c", "")], [("a", "b"), ("", "c")], [("a", "b\x00c")]]

    assert len({body_hash(body) for body in bodies}) == len(bodies)


def test_files_count_by_their_content(trial, sender):
    import io

    op = uuid.uuid4()

    def send(content, name="a.jpg"):
        return sender.send("satu", op=op, berkas=(io.BytesIO(content), name)).status_code

    assert send(b"isi") == 303
    assert send(b"isi", "lain.jpg") == 303
    assert send(b"isi lain") == 409


def test_the_id_in_a_page_changes_with_person_form_and_version_only(app):
    made = {
        operations.form_operation_id(person, form, version)
        for person, form, version in itertools.product((1, 2), ("a", "b"), (1, 2))
    }

    assert len(made) == 8
    assert operations.form_operation_id(1, "a", 1) == operations.form_operation_id(1, "a", 1)


NAMED = "hidden('coba', version)"


def drawn(application, template, **how):
    """The operation id on a page of this template, as the one who signed in gets it."""
    text = pages.page(application.jinja_env.from_string("{{ " + template + " }}"), **how).get_data(as_text=True)
    return re.search(r'name="_op" value="([^"]+)"', text)[1]


def test_the_id_is_the_same_until_the_version_grows_on_a_kept_page_and_new_each_time_elsewhere(trial, sender):
    key = sender.client.get_cookie("sid").value
    with trial.test_request_context(headers={"Cookie": f"sid={key}"}):
        trial.preprocess_request()
        kept = [drawn(trial, NAMED, kept=True, version=version) for version in (1, 1, 2)]
        refused = [drawn(trial, NAMED, kept=True, status=422, version=1) for _again in range(2)]
        other = [drawn(trial, "hidden()") for _again in range(2)]

    assert kept[0] == kept[1] == str(operations.form_operation_id(sender.who.person_id, "coba", 1))
    assert len({*kept, *refused, *other}) == 6


@pytest.mark.parametrize(("is_kept", "template"), [
    (True, "hidden()"), (True, "hidden('coba')"), (True, "hidden(version=1)"), (True, "hidden('coba', misspelled)"),
    (False, NAMED), (False, "hidden('coba')"), (False, "hidden(version=1)"),
])
def test_a_form_without_a_version_is_refused_on_a_kept_page_and_one_with_it_elsewhere(trial, is_kept, template):
    with trial.test_request_context(), pytest.raises(TypeError, match="hidden"):
        drawn(trial, template, kept=is_kept, version=1)


def test_a_conflict_hands_back_what_was_typed(sender):
    reply = sender.send("tolak")
    assert reply.status_code == 409
    page = read(reply)
    assert "Tulisan tolak tidak dapat dipakai." in page.words
    assert dict(page.form_to("/coba").fields)["text"] == "tolak"


def test_a_busy_database_hands_back_what_was_typed_but_no_secret(sender, monkeypatch):
    from lms.core.db import DatabaseBusy

    def busy(*_args, **_kwargs):
        raise DatabaseBusy

    monkeypatch.setattr(operations, "carry_out", busy)
    reply = sender.send("dua kata", secret="rahasia")
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")
    form = read(reply).form_to("/coba")
    assert dict(form.fields)["text"] == "dua kata"
    assert "rahasia" not in reply.text
    monkeypatch.undo()
    assert sender.client.post("/coba", data=form.filled()).status_code == 303
