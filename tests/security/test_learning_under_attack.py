"""Cheating and prying by a learner, an instructor and an observer, as black-box requests."""

import datetime as dt
import threading
import uuid

import pytest
import quiz_acts
import sqlalchemy as sa
from accounts.gate import with_identifiers
from contracts.test_route_matrix import CONCEALED, Walker, checksum, routes
from reading_pages import read

from lms.core.db import db
from lms.lib import clock
from lms.quizzes.models import AnswerLog, Attempt, AttemptQuestion
from lms.testing_program import BANK_1A, BANK_1B

#: Words that stand only in keys, feedback and names of questions of the tiny programme.
CANARIES = ("UMPAN", "JUDUL", "fraction", "feedback", "is_right", "correct", "kunci")


class Learner:
    """A signed-in learner with a browser."""

    def __init__(self, app, story, who):
        self.app, self.who = app, who
        self.client = app.test_client()
        self.token = story.sign_in(self.client, who)

    def get(self, path, **kwargs):
        return self.client.get(path, **kwargs)

    def post(self, path, *, script=False, **fields):
        headers = {"X-Requested-With": "sanggar"} if script else {}
        return self.client.post(path, data={"_csrf": self.token, "_op": str(uuid.uuid4()), **fields}, headers=headers)

    def start(self, quiz_id):
        """Start a quiz as its page offers it and return the path of the attempt."""
        path = f"/kuis/{self.who.enrolment_uuid}/{quiz_id}"
        form = read(self.get(path)).form_to(path)
        return self.client.post(path, data=form.filled()).location

    def read_m00(self):
        for lesson in ("m00-1", "m00-2"):
            self.post(f"/pelajaran/{self.who.enrolment_uuid}/{lesson}/selesai")
        attempt = self.start("m00-awal")
        self.post(f"{attempt}/kirim")
        return attempt


def answers(page):
    """The fields of the first option of every question of an attempt page."""
    form = next(form for form in page.forms if any(name.startswith("s") and "." in name for name in form.choices))
    return form, {name: values[0] for name, values in form.choices.items() if name.startswith("s") and "." in name}


@pytest.fixture
def cohort(story):
    return story.cohort()


@pytest.fixture
def learner(app, story, cohort):
    return Learner(app, story, story.teacher(cohort))


@pytest.fixture
def classmate(app, story, cohort, learner):
    return Learner(app, story, story.teacher(cohort, name="Baiq Rahasia"))


def attempt_row(path):
    db.session.rollback()
    return db.session.scalar(sa.select(Attempt).where(Attempt.uuid == uuid.UUID(path.split("/")[2])))


@pytest.mark.both
def test_ABUSE_A01_a_classmates_attempt_review_and_marks_do_not_exist(learner, classmate):
    attempt = classmate.read_m00()
    running = classmate.start("m00-latihan")
    enrolment = classmate.who.enrolment_uuid
    for path in (
        attempt, f"{attempt}/hasil", f"{attempt}/kirim", running, f"{running}/hasil", f"{running}/kirim",
        f"/nilai/{enrolment}", f"/pelajaran/{enrolment}/m00-1", f"/kuis/{enrolment}/m00-awal",
        f"/modul/{enrolment}/M00", f"/peserta/{enrolment}",
    ):
        # It is really there for its owner; only the page for the class's people is not.
        assert classmate.get(path).status_code == (404 if path.startswith("/peserta/") else 302 if (
            path in (f"{attempt}/kirim", attempt, f"{running}/hasil")) else 200), path
        for headers in ({}, {"X-Requested-With": "sanggar"}, {"Accept": "application/json"}):
            reply = learner.get(path, headers=headers)
            assert reply.status_code == 404, path
            assert "Baiq" not in reply.text


def test_ABUSE_A01_a_foreign_etag_opens_nothing(learner, classmate):
    path = f"/nilai/{classmate.who.enrolment_uuid}"
    etag = classmate.get(path).headers["ETag"]

    assert learner.get(path, headers={"If-None-Match": etag}).status_code == 404


def test_ABUSE_A03_during_an_attempt_no_page_holds_a_key_a_fraction_or_feedback(learner):
    learner.read_m00()
    attempt = learner.start("m01-kuis")
    enrolment = learner.who.enrolment_uuid
    for path in (attempt, f"{attempt}/kirim", f"{attempt}/hasil", f"/kuis/{enrolment}/m01-kuis", "/beranda",
                 f"/modul/{enrolment}/M01", f"/pelajaran/{enrolment}/m01-1", f"/nilai/{enrolment}"):
        reply = learner.get(path)
        page = read(reply)
        assert [word for word in CANARIES if word in reply.text + str(reply.headers)] == [], path
        assert page.comments == [], path
        assert not any(name.startswith("data-") and value and "tepat" in value
                       for _tag, values in page.tags for name, value in values.items())
    form, chosen = answers(read(learner.get(attempt)))
    saved = learner.client.post(form.action, data=form.filled(**chosen), headers={"X-Requested-With": "sanggar"})
    assert saved.status_code == 200
    assert [word for word in CANARIES if word in saved.text] == []
    shown = {key for key in (*BANK_1A, *BANK_1B) if f"({key})" in learner.get(attempt).text}
    assert len(shown) == 4, "of the eight questions of the bank only those that were drawn"

    # The same words are there once the rules allow it, so these canaries are alive.
    learner.post(f"{attempt}/kirim")
    assert "UMPAN" in learner.get(f"{attempt}/hasil").text


def test_ABUSE_A04_right_answers_wait_until_no_attempt_is_left(learner):
    learner.read_m00()
    shown = []
    for _number in range(2):
        attempt = learner.start("m02-kuis")
        learner.post(f"{attempt}/kirim")
        shown.append("Jawaban yang tepat:" in read(learner.get(f"{attempt}/hasil")).words)

    assert shown == [False, True]


@pytest.mark.both
@pytest.mark.parametrize("role", ["observer", "coordinator"])
def test_ABUSE_A09_an_observer_changes_nothing_and_sees_no_identifier(app, world, role):
    """A form about one person does not exist for who may see nobody (404); every other one is not theirs (403)."""
    learner = with_identifiers(
        world.own.learner, nik="5202014107850003", phone="081234567890", email="sumiati@contoh.id")
    walker, before, wrong = Walker(app, world, role), checksum(), []
    for rule in routes(app, "POST"):
        if rule.endpoint.startswith("accounts."):
            continue
        told = walker.post(rule, world.own).status_code
        if told != (404 if rule.endpoint in CONCEALED else 403):
            wrong.append(f"{rule.rule}: {told}")
    assert wrong == []
    assert checksum() == before

    hidden = ("5202014107850003", "081234567890", "81234567890", "sumiati@contoh", "7850003", "4567890", learner.code)
    for rule in routes(app, "GET"):
        reply = walker.get(rule, world.own)
        assert [word for word in hidden if word in reply.text] == [], rule.rule
    assert "081234567890" in Walker(app, world, "facilitator").client.get(
        f"/pemantauan/peserta/{learner.enrolment_uuid}").text, "whoever may see it does"


def test_ABUSE_A10_a_locked_module_and_a_withdrawn_announcement_are_not_read_by_their_address(app, story, world):
    walker = Walker(app, world, "teacher")
    own = world.own.objects
    locked = walker.client.get(f"/pelajaran/{own['enrolment']}/m10-1")
    assert locked.status_code == 409
    assert "Isi pelajaran m10-1" not in locked.text
    assert walker.client.get(f"/kuis/{own['enrolment']}/m10-akhir").status_code == 409
    for path in (f"/pelajaran/{own['enrolment']}/tidak-ada", f"/kuis/{own['enrolment']}/tidak-ada",
                 f"/modul/{own['enrolment']}/M99", "/diklat/tidak-ada"):
        assert walker.client.get(path).status_code == 404, path
    for path in ("/pratinjau", "/pratinjau/diklat-mini", "/pratinjau/diklat-mini/pelajaran/m10-1",
                 "/pratinjau/diklat-mini?dari=berkas", "/pratinjau/tidak-ada"):
        assert walker.client.get(path).status_code == 403, path

    path = f"/pengumuman/{own['announcement']}"
    assert "Hari Sabtu." in walker.client.get(path).text
    boss = Walker(app, world, "instructor")
    boss.client.post(f"/kelas/pengumuman/{own['announcement']}/tarik",
                     data={"_csrf": boss.token, "_op": str(uuid.uuid4())})
    assert walker.client.get(path).status_code == 404


def test_ABUSE_A11_nobody_finds_people_by_their_id(app, world):
    learner, stranger = Walker(app, world, "teacher"), app.test_client()
    for place in world.places.values():
        things = place.objects
        for path, told in (
            (f"/kelola/orang/{things['person']}", 404), (f"/peserta/{things['enrolment']}", 404),
            (f"/pemantauan/peserta/{things['enrolment']}", 404), (f"/kelas/{things['cohort']}", 403),
            ("/kelola/orang?q=Guru", 403), ("/pemantauan/peserta?q=Guru", 403),
        ):
            assert learner.client.get(path).status_code == told, path
            assert stranger.get(path).status_code == 303, path
            words = read(learner.client.get(path)).words
            assert "Guru class" not in words
            assert "Guru region" not in words


def test_ABUSE_A11_of_a_classmate_a_learner_sees_the_name_and_nothing_to_reach_them_by(learner, classmate):
    with_identifiers(classmate.who, nik="5202014107850003", phone="081234567890", email="rahasia@contoh.id")
    enrolment = learner.who.enrolment_uuid
    classmate.post(f"/pelajaran/{classmate.who.enrolment_uuid}/m00-1/refleksi", text="Saya coba lagu.", shared="y")
    who = classmate.who
    hidden = ("5202014107850003", "81234567890", "rahasia@", who.code, str(who.person_uuid), str(who.enrolment_uuid))
    shared = learner.get(f"/pelajaran/{enrolment}/m00-1/refleksi")
    assert "Saya coba lagu." in shared.text
    assert "Baiq Rahasia" in shared.text
    for path in (f"/pelajaran/{enrolment}/m00-1/refleksi", f"/pelajaran/{enrolment}/m00-1", "/beranda", "/pengumuman",
                 "/pemberitahuan", "/akun"):
        assert [word for word in hidden if word in learner.get(path).text] == [], path


@pytest.mark.both
def test_ABUSE_A13_answers_to_anothers_attempt_or_to_a_question_outside_it_are_refused(learner, classmate):
    learner.read_m00()
    classmate.read_m00()
    theirs, mine = classmate.start("m01-kuis"), learner.start("m01-kuis")
    form, chosen = answers(read(classmate.get(theirs)))
    sent = {name: values for name, values in form.filled(**chosen).items() if not name.startswith("_")}

    assert learner.post(theirs, **sent).status_code == 404
    assert learner.post(f"{theirs}/kirim", **sent).status_code == 404
    for slot in ("0", "99", "-1", "9" * 30, "9" * 5000, "x", "１", "1.5", ""):
        reply = learner.post(mine, slot=slot, **{f"s{slot[:3]}.choice": "x"})
        # What is no number of one to three digits names no question: nothing is kept then, and nothing is broken.
        assert reply.status_code == (422 if slot in ("0", "99") else 303), (slot[:9], reply.status_code)
    assert learner.post(mine, **sent).status_code == 422
    assert attempt_row(mine).mark is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AnswerLog)) == 0


@pytest.mark.both
def test_ABUSE_A14_marks_and_states_that_come_with_an_answer_change_nothing(learner):
    learner.read_m00()
    attempt = learner.start("m01-kuis")
    forged = dict.fromkeys((
            "mark", "score", "fraction", "points", "time_spent", "grader_id", "marked_by", "s1.mark", "s1.fraction",
            "s1.correct", "attempt_id", "enrolment_id", "question_version_id", "number", "is_passed", "is_correct",
    ), "100") | {"state": "graded", "started_at": "2020-01-01", "due_at": "2099-01-01", "submitted_at": "2020-01-01"}
    for path in (attempt, f"{attempt}/kirim"):
        learner.post(path, slot="1", **forged)

    row = attempt_row(attempt)
    assert (row.state, row.mark, row.is_passed) == ("graded", 0, False)
    assert row.started_at > clock.now() - dt.timedelta(minutes=5)
    fractions = sa.select(AttemptQuestion.fraction).where(AttemptQuestion.attempt_id == row.id)
    assert db.session.scalars(fractions).all() == [0, 0, 0, 0]


NOON = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(("seconds", "claimed"), [
    (31, "2020-01-01T00:00:00Z"), (31, "0"), (31, "1"), (31, ""), (31, "x"), (3600, "2026-11-21T04:00:00Z"), (30, ""),
])
def test_ABUSE_A15_after_the_deadline_an_answer_is_kept_and_not_scored_whatever_the_client_claims(
    app, story, seconds, claimed
):
    """All answers are right: those of the last second count in full, those of the next one not at all."""
    with clock.freeze(NOON) as now:
        learner = Learner(app, story, story.teacher())
        learner.read_m00()
        attempt = learner.start("m02-kuis")
        form, _ = answers(read(learner.get(attempt)))
        right = quiz_acts.answering(learner.who, attempt.split("/")[2], right=4)
        fields = {f"s{slot}.{name}": values for slot, given in right.items() for name, values in given.items()}
        assert set(fields) <= set(form.choices), "what is sent are the fields of the page"
        now.tick(dt.timedelta(minutes=30, seconds=seconds))
        sent = form.filled(**fields, _at=claimed, _seq="1", at=claimed, client_at=claimed)
        reply = learner.client.post(form.action, data=sent, headers={
            "X-Requested-With": "sanggar", "Date": "Sat, 21 Nov 2026 04:00:00 GMT", "X-Client-Time": claimed})

        late = seconds > 30
        assert reply.status_code == 200, "acknowledged as stored"
        assert bool(reply.json["result"]["late"]) is late
        learner.post(f"{attempt}/kirim")
        assert attempt_row(attempt).mark == (0 if late else 100)
        assert {row.flag for row in db.session.scalars(sa.select(AnswerLog))} == ({"late"} if late else {None})


def test_ABUSE_A16_the_clock_starts_once_with_the_first_start_on_the_server(app, story):
    with clock.freeze(NOON) as now:
        learner = Learner(app, story, story.teacher())
        learner.read_m00()
        path = f"/kuis/{learner.who.enrolment_uuid}/m02-kuis"
        form = read(learner.get(path)).form_to(path)
        for asked in (path, f"{path}?mulai=1", f"/percobaan/{uuid.uuid4()}"):
            learner.get(asked)
        assert db.session.scalar(sa.select(sa.func.count()).where(Attempt.quiz_id == "m02-kuis")) == 0
        attempt = learner.client.post(path, data=form.filled()).location
        due = attempt_row(attempt).due_at
        assert due == NOON + dt.timedelta(minutes=30)
        now.tick(dt.timedelta(minutes=10))

        assert learner.client.post(path, data=form.filled()).location == attempt
        assert learner.post(path).location == attempt
        learner.get(attempt)
        assert attempt_row(attempt).due_at == due


def test_ABUSE_A17_a_changed_limit_deadline_or_attempt_in_form_or_cookie_has_no_effect(learner, classmate):
    learner.read_m00()
    classmate.read_m00()
    path = f"/kuis/{learner.who.enrolment_uuid}/m02-kuis"
    learner.client.set_cookie("due_at", "2099-01-01")
    forged = {"minutes": "9999", "due_at": "2099-01-01T00:00", "attempts": "99", "quiz_id": "m01-kuis",
              "enrolment_uuid": str(classmate.who.enrolment_uuid)}
    attempt = learner.post(path, **forged).location

    row = attempt_row(attempt)
    assert row.due_at - row.started_at == dt.timedelta(minutes=30)
    assert (row.enrolment_id, row.quiz_id) == (learner.who.enrolment_id, "m02-kuis")
    due, mine = row.due_at, row.uuid
    learner.client.set_cookie("attempt", str(uuid.uuid4()))
    learner.post(attempt, slot="1", **forged, attempt_uuid=str(uuid.uuid4()), extra_minutes="240")
    assert (attempt_row(attempt).due_at, attempt_row(attempt).uuid) == (due, mine)


@pytest.mark.both
def test_ABUSE_A18_fifty_starts_at_once_with_one_attempt_allowed_make_one(app, learner):
    path, gate, replies = f"/kuis/{learner.who.enrolment_uuid}/m00-awal", threading.Barrier(10), []
    session = learner.client.get_cookie("sid").value

    def start():
        client = app.test_client()
        client.set_cookie("sid", session)
        gate.wait(30)
        for _ in range(5):
            reply = client.post(path, data={"_csrf": learner.token, "_op": str(uuid.uuid4())})
            replies.append((reply.status_code, reply.location))

    threads = [threading.Thread(target=start) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(replies) == 50
    assert {status for status, _ in replies} <= {303, 409}
    assert len({location for status, location in replies if status == 303}) == 1
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1


@pytest.mark.both
def test_ABUSE_A19_an_answer_beside_the_submission_is_scored_or_refused(app, learner):
    learner.read_m00()
    session = learner.client.get_cookie("sid").value
    for _round in range(12):
        attempt = learner.start("m00-latihan")
        form, chosen = answers(read(learner.get(attempt)))
        gate, replies = threading.Barrier(2), {}

        def send(path, body, gate=gate, replies=replies):
            client = app.test_client()
            client.set_cookie("sid", session)
            gate.wait(30)
            replies[path] = client.post(path, data=body, headers={"X-Requested-With": "sanggar"})

        end = {"_csrf": learner.token, "_op": str(uuid.uuid4())}
        threads = [threading.Thread(target=send, args=(attempt, form.filled(**chosen))),
                   threading.Thread(target=send, args=(f"{attempt}/kirim", end))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        row = attempt_row(attempt)
        stored = db.session.scalars(sa.select(AttemptQuestion.answer).where(AttemptQuestion.attempt_id == row.id)).all()
        assert row.state == "graded"
        assert replies[attempt].status_code in (200, 409)
        assert all(stored) is (replies[attempt].status_code == 200)


def test_ABUSE_A20_a_finished_attempt_is_not_opened_again(learner):
    learner.read_m00()
    attempt = learner.start("m01-kuis")
    form, chosen = answers(read(learner.get(attempt)))
    learner.post(f"{attempt}/kirim")
    finished = attempt_row(attempt)
    stamp = (finished.state, finished.mark, finished.submitted_at)

    old_form = learner.client.post(form.action, data=form.filled(**chosen))
    assert old_form.status_code == 409
    sent = {name: value for name, value in form.filled(**chosen).items() if not name.startswith("_")}
    for path in (attempt, f"{attempt}/kirim"):
        assert learner.post(path, state="open", **sent).status_code == 409
        assert learner.post(path, script=True, state="running", **sent).status_code == 409
    assert learner.get(attempt).location == f"{attempt}/hasil"
    again = attempt_row(attempt)
    assert (again.state, again.mark, again.submitted_at) == stamp


def test_ABUSE_A08_one_foreign_id_in_a_bulk_call_refuses_the_whole_call(app, world):
    for role, foreign in (("class_admin", "class"), ("facilitator", "region")):
        walker, own = Walker(app, world, role), world.own.objects
        before = checksum()
        for chosen in ([own["enrolment"], world.places[foreign].objects["enrolment"]],
                       [own["enrolment"], uuid.uuid4()], [own["enrolment"], "x"], ["1"], [""]):
            reply = walker.client.post(f"/pemantauan/kartu/{own['cohort']}", data={
                "_csrf": walker.token, "_op": str(uuid.uuid4()), "peserta": [str(item) for item in chosen]})
            assert reply.status_code in (404, 422), (role, chosen)
        reply = walker.client.post(f"/pemantauan/peserta/{own['enrolment']}/pembimbing", data={
            "_csrf": walker.token, "_op": str(uuid.uuid4()),
            "pembimbing": str(world.places[foreign].instructor.person_uuid)})
        assert reply.status_code in (404, 409, 422)
        assert checksum() == before


@pytest.mark.parametrize("query", [
    "group=0", "group=-1", "kelas=0", "kelas=-1", "kelas=%00", "kelas=&kelas=x", "group[]=1&group[]=2", "kecamatan=53",
    "kecamatan=%25", "kecamatan=5_.01", "q=%25", "q=_", "q=Guru", "urut=person.nik", "urut=%27", "keadaan=*", "hal=0",
    "hal=-5", "q=' OR 1=1 --", "q=Guru%27%20UNION%20SELECT%201--",
])
def test_ABUSE_A06_no_filter_or_order_opens_another_class(app, world, query):
    for role, beyond in (("instructor", ("class", "region")), ("class_admin", ("class", "region")),
                         ("facilitator", ("region",)), ("practice_supervisor", ("class", "region"))):
        walker = Walker(app, world, role)
        others = [f"kelas={world.places[side].objects['cohort']}" for side in beyond]
        own = f"/kelas/{world.own.objects['cohort']}"
        mine = 0
        for path in (own, "/pertanyaan", "/penilaian", "/pemantauan/peserta", "/bimbingan"):
            plain = walker.client.get(path)
            assert plain.status_code in (200, 403), path
            mine += "Guru own" in plain.text
            for asked in (query, *others):
                reply = walker.client.get(f"{path}?{asked}")
                # A class that cannot be is found by nobody, or has nobody in it.
                told = (400,) if "%00" in asked else (200, 404) if plain.status_code == 200 else (403,)
                assert reply.status_code in told, f"{path}?{asked}"
                for side in beyond:
                    assert f"Guru {side}" not in reply.text, f"{role} {path}?{asked}"
                    assert f"Kelas {side}" not in reply.text, f"{role} {path}?{asked}"
                if asked in others:
                    assert "Guru own" not in reply.text or path in (own, "/bimbingan"), f"{role} {path}?{asked}"
        assert mine, f"{role}: one's own people are there, so these pages are no empty ones"


def test_ABUSE_A06_no_number_on_a_page_counts_people_of_another_class(app, world):
    """Twenty more people elsewhere change no byte of what an instructor, a class admin and a supervisor see."""
    cohort = world.own.objects["cohort"]
    pages = {
        "instructor": ("/kelas", f"/kelas/{cohort}", f"/kelas/{cohort}/kuis/m00-latihan", "/pertanyaan", "/penilaian"),
        "class_admin": ("/pemantauan", "/pemantauan/peserta", "/pemantauan/kartu"),
        "practice_supervisor": ("/bimbingan",),
    }
    walkers = {role: Walker(app, world, role) for role in pages}

    def look():
        return {path: walkers[role].client.get(path).text for role, paths in pages.items() for path in paths}

    with clock.freeze(clock.now()):
        before = look()
        for side in ("class", "region"):
            world.story.crowd(world.places[side].cohort, 20)
        after = look()
    assert [path for path in before if before[path] != after[path]] == []
    with clock.freeze(clock.now()):
        world.story.crowd(world.own.cohort, 20)
        assert len([path for path, text in look().items() if text != after[path]]) >= 4, "one's own are counted"
