"""Saving answers and handing an attempt in. What was acknowledged is stored, in the log at least."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms.cohorts.telling import tell_staff
from lms.core.db import db, insert_rows
from lms.core.errors import Invalid
from lms.core.operations import Unchanged
from lms.core.permissions import Actor
from lms.core.words_lazy import lazy as _
from lms.lib import clock
from lms.lib.identifiers import clean_text
from lms.quizzes.lateness import is_late
from lms.quizzes.models import AnswerLog
from lms.quizzes.question_types import Response, ResponseError
from lms.quizzes.refusals import AttemptFinished, UnknownSlot
from lms.quizzes.services.finishing import close, close_if_overdue, result
from lms.quizzes.services.loading import Work, learners_attempt, note_activity
from lms.quizzes.slots import LoadedSlot

#: The longest text of an answer, in letters; a long essay has five thousand.
LONGEST_ANSWER = 20_000
#: Devices whose sequence numbers are remembered for one attempt; nobody learns on more.
MOST_DEVICES = 12

#: Slot → fields of that question's form without prefix, as the browser sent them. No field: nothing was chosen.
Answers = Mapping[int, Mapping[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a device says about what it sends. Its time is only believed where the rules of lateness allow."""

    device: str | None = None
    seq: int | None = None
    client_at: dt.datetime | None = None


def save_answers(
    attempt_uuid: uuid.UUID | str,
    answers: Answers,
    *,
    by: Actor,
    device: str | None = None,
    seq: int | None = None,
    client_at: dt.datetime | None = None,
    flags: Mapping[int, bool] | None = None,
) -> dict[str, Any]:
    """Save some or all answers of one's own attempt. Either all of them are taken or none.

    Returns `saved` (slots), `late`, `answered` (how many questions have an answer that counts), `version`. A late
    answer is stored and acknowledged, and not scored. Of one device an older `seq` is kept in the log and does not
    win; of several devices the later arrival wins. Raises `NotFound`, `AttemptFinished`, `UnknownSlot`, `Invalid`.
    """
    work = learners_attempt(attempt_uuid, by=by)
    if _is_over(work):
        raise AttemptFinished(attempt=str(work.attempt.uuid))
    parsed, marked = _read(work, answers, flags)
    before = work.attempt.version
    close_if_overdue(work, by=by)
    late = _take(work, parsed, marked, Arrival(device, seq, client_at), by=by)
    note_activity(work.enrolment)
    kept = {
        "saved": sorted(parsed), "late": late, "answered": sum(slot.is_answered for slot in work.slots),
        "version": work.attempt.version,
    }
    # What a device numbered is remembered with its number, also when the answers are the same.
    return Unchanged(kept) if device is None and work.attempt.version == before else kept


def submit(
    attempt_uuid: uuid.UUID | str,
    answers: Answers,
    *,
    by: Actor,
    device: str | None = None,
    seq: int | None = None,
    client_at: dt.datetime | None = None,
    flags: Mapping[int, bool] | None = None,
) -> dict[str, Any]:
    """Save the answers that come along, hand the attempt in and return `attempt`, `state`, `is_passed`, `late`.

    Handing in again gives the same result. An answer that would change a finished attempt is never acknowledged:
    `AttemptFinished`. Raises `NotFound`, `UnknownSlot`, `Invalid` like `save_answers`.
    """
    work = learners_attempt(attempt_uuid, by=by)
    attempt = work.attempt
    try:
        parsed, marked = _read(work, answers, flags)
    except Invalid:
        if _is_over(work):
            raise AttemptFinished(attempt=str(attempt.uuid)) from None
        raise
    close_if_overdue(work, by=by)
    if _is_over(work):
        if any(differs(slot.row.answer, parsed[slot.number]) for slot in work.slots if slot.number in parsed):
            raise AttemptFinished(attempt=str(attempt.uuid))
        return result(work)
    _take(work, parsed, marked, Arrival(device, seq, client_at), by=by)
    if attempt.state == "running":
        close(work, by=by)
    note_activity(work.enrolment)
    return result(work)


def _is_over(work: Work) -> bool:
    """Tell whether the attempt was handed in; one that its time closed still takes late answers."""
    return work.attempt.state != "running" and not work.attempt.is_timed_out


def _read(
    work: Work, answers: Answers, flags: Mapping[int, bool] | None
) -> tuple[dict[int, Response], dict[int, bool]]:
    """Read everything that arrived before anything is written."""
    slots = {slot.number: slot for slot in work.slots}
    unknown = [number for number in (*answers, *(flags or ())) if number not in slots]
    if unknown:
        raise UnknownSlot(slot=unknown[0])
    return {number: _parsed(slots[number], fields) for number, fields in answers.items()}, dict(flags or {})


def _parsed(slot: LoadedSlot, fields: Mapping[str, list[str]]) -> Response:
    name = f"slot-{slot.number}"
    try:
        value = slot.question.parse(fields)
    except ResponseError as error:
        raise Invalid(
            {name: _("Jawaban soal %(slot)s tidak dapat dibaca. Pilih atau tulis lagi.")}, slot=slot.number,
            reason=error.code,
        ) from error
    if not isinstance(value, str):
        return value
    value = clean_text(value)
    if len(value) > LONGEST_ANSWER:
        raise Invalid(
            {name: _("Jawaban soal %(slot)s terlalu panjang. Ringkaslah, paling banyak %(most)s huruf.")},
            slot=slot.number, most=LONGEST_ANSWER,
        )
    return value or None


def differs(before: Response, after: Response) -> bool:
    """Tell whether two answers differ; all ways of having answered nothing are the same."""
    return (before or None) != (after or None)


def _take(
    work: Work, parsed: Mapping[int, Response], flags: Mapping[int, bool], arrival: Arrival, *, by: Actor
) -> bool:
    """Log every answer that changes something and let it count unless it is late or overtaken; True when late."""
    attempt, now = work.attempt, clock.now()
    late = attempt.is_timed_out or is_late(
        work.quiz, work.ends_at, now=now, client_at=arrival.client_at, heard_at=_heard_at(work, arrival)
    )
    before = late_answers(attempt.id) if late and parsed else {}
    is_changed, arrived = False, []
    for slot in work.slots:
        row, number = slot.row, slot.number
        if number in flags and flags[number] != row.is_flagged:
            row.is_flagged, is_changed = flags[number], True
        if number not in parsed:
            continue
        value, is_older = parsed[number], _is_older(work, number, arrival)
        if not differs(before.get(number, row.answer), value):
            continue
        is_changed = True
        flag = "older" if is_older else "late" if late else None
        arrived.append(_logged(work, slot, value, flag, arrival, now, by=by))
        if flag == "late":
            _is_late(work)
        elif flag is None:
            row.answer, row.answered_at = value, now if slot.question.is_answered(value) else None
    insert_rows(AnswerLog, arrived)
    _remember(work, parsed, arrival)
    if is_changed:
        attempt.version += 1
    return late


def _is_late(work: Work) -> None:
    """Let late answers wait for a decision, which is asked for once; those of an online quiz are only kept."""
    if work.quiz.online:
        work.attempt.late_state = "kept"
    elif work.attempt.late_state != "waiting":
        work.attempt.late_state = "waiting"
        tell_staff(
            work.enrolment, "attempt.grant", "staff.late", link=f"/penilaian?kelas={work.enrolment.cohort_uuid}"
        )


def _logged(
    work: Work,
    slot: LoadedSlot,
    value: Response,
    flag: str | None,
    arrival: Arrival,
    now: dt.datetime,
    *,
    by: Actor,
) -> dict[str, Any]:
    return {
        "operation_id": None if by.operation_id is None else uuid.UUID(by.operation_id), "attempt_id": work.attempt.id,
        "slot": slot.number, "question_version_id": slot.row.question_version_id, "value": value,
        "device": arrival.device, "seq": arrival.seq, "client_at": arrival.client_at, "received_at": now, "flag": flag,
    }


def _is_older(work: Work, number: int, arrival: Arrival) -> bool:
    if arrival.device is None or arrival.seq is None:
        return False
    return work.attempt.heard.get(arrival.device, {}).get(str(number), -1) > arrival.seq


def _remember(work: Work, parsed: Mapping[int, Response], arrival: Arrival) -> None:
    """Keep the highest sequence number of the device for each slot, also where the answer stayed the same."""
    if arrival.device is None or arrival.seq is None or not parsed:
        return
    heard = dict(work.attempt.heard)
    mine = dict(heard.pop(arrival.device, {}))
    for number in parsed:
        mine[str(number)] = max(mine.get(str(number), arrival.seq), arrival.seq)
    # The device that spoke last stands last, so the one that leaves is the one silent for longest.
    heard[arrival.device] = mine
    work.attempt.heard = dict(list(heard.items())[-MOST_DEVICES:])


def _heard_at(work: Work, arrival: Arrival) -> dt.datetime | None:
    """Return when the server last heard from the device in this attempt: its work cannot be older than that."""
    if arrival.client_at is None or work.quiz.online:
        return None
    known = AnswerLog.device.is_(None) if arrival.device is None else AnswerLog.device == arrival.device
    last = db.session.scalar(
        sa.select(sa.func.max(AnswerLog.received_at)).where(AnswerLog.attempt_id == work.attempt.id, known)
    )
    return last or work.attempt.started_at


def late_answers(attempt_id: int, *, after: int = 0) -> dict[int, Response]:
    """Return the newest late answer of each slot, of those logged after the row with this id."""
    rows = db.session.execute(
        sa.select(AnswerLog.slot, AnswerLog.value)
        .where(AnswerLog.attempt_id == attempt_id, AnswerLog.flag == "late", AnswerLog.id > after)
        .order_by(AnswerLog.id)
    )
    return {row.slot: row.value for row in rows}


