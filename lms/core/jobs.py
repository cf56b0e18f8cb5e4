"""Work outside a request: a row written in the transaction of its cause, taken by a lease, safe to run twice.

The row is the truth: a runner that is killed loses its lease and another takes the job again. The embedded runner is
a thread beside the web server; a command (`lms jobs run`) does the same for a server with its own process manager.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import registry
from lms.core.db import Base, db, insert_new, write_tx
from lms.core.types import Json, UtcDateTime
from lms.lib import clock
from lms.lib.uuid7 import uuid7

#: A new day begins for daily work when it has begun in the whole country; Jakarta's clock strikes last.
DAY_ZONE = "Asia/Jakarta"
LEASE = dt.timedelta(seconds=60)
TRIES = 5
log = logging.getLogger("lms.jobs")
#: The id and the number of the try of the job that runs here.
_running: ContextVar[tuple[int, int] | None] = ContextVar("running", default=None)


class JobRow(Base):
    """One piece of work: waiting, running under a lease, done, or failed for good."""

    __tablename__ = "job"
    __table_args__ = (
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        sa.Index("ix_job_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    key: Mapped[str] = mapped_column(sa.String(60))
    #: Two jobs with the same value of this column cannot both exist; it makes a daily job daily.
    once: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    values: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[str] = mapped_column(sa.String(10), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(sa.String(200))


def ask(key: str, *, once: str | None = None, due_at: dt.datetime | None = None, **values: Any) -> bool:
    """Ask for a job inside the running transaction. False when a job with the same `once` exists already."""
    if key not in registry.jobs:
        raise LookupError(f"unknown job {key!r}")
    return insert_new(
        JobRow, uuid=uuid7(), key=key, once=once, values=values, state="waiting", tries=0, due_at=due_at or clock.now()
    )


def ask_daily() -> int:
    """Ask for today's daily work unless somebody has; return how much was asked for. It writes on its own."""
    day = clock.local(clock.now(), DAY_ZONE).date()
    wanted = {f"{key}:{day}": key for key, kind in registry.jobs.items().items() if kind.is_daily}
    asked = set(db.session.scalars(sa.select(JobRow.once).where(JobRow.once.in_(wanted))))
    if asked.issuperset(wanted):
        return 0
    with write_tx():
        return sum(ask(key, once=once) for once, key in wanted.items() if once not in asked)


def turn(limit: int = 20) -> int:
    """Do what a runner does each time it looks: ask for today's daily work, run what is due; return how many ran."""
    # A runner looks again and again with one session, and would else see the database as it was the first time.
    db.session.rollback()
    ask_daily()
    return run_due(limit)


def run_due(limit: int = 20) -> int:
    """Run the jobs that are due, one after another; return how many were run."""
    done = 0
    while done < limit and (taken := _take()) is not None:
        _run(*taken)
        done += 1
    return done


def _take() -> tuple[int, int, str, dict[str, Any]] | None:
    """Lease the next job: its id, the number of this try, its key and values."""
    now = clock.now()
    free = sa.or_(
        sa.and_(JobRow.state == "waiting", JobRow.due_at <= now),
        # A job whose runner was killed at every try must not kill another one.
        sa.and_(JobRow.state == "running", JobRow.leased_until < now, JobRow.tries < TRIES),
    )
    worn_out = sa.and_(JobRow.state == "running", JobRow.leased_until < now, JobRow.tries >= TRIES)
    if db.session.scalar(sa.select(JobRow.id).where(sa.or_(free, worn_out)).limit(1)) is None:
        return None
    with write_tx() as session:
        session.execute(
            sa.update(JobRow).where(worn_out).values(state="failed", leased_until=None, finished_at=now, error="killed")
        )
        job = session.scalar(
            sa.select(JobRow).where(free).order_by(JobRow.due_at, JobRow.id).limit(1).with_for_update(skip_locked=True)
        )
        if job is None:
            return None
        job.state, job.leased_until, job.tries = "running", now + LEASE, job.tries + 1
        return job.id, job.tries, job.key, dict(job.values)


def keep() -> None:
    """Renew the lease of the job that runs here, inside the write transaction of a part of its work.

    Long work calls it in each part, so that nobody takes it for killed. Outside a job it does nothing.
    """
    if (running := _running.get()) is None:
        return
    job_id, number = running
    db.session.execute(
        sa.update(JobRow).where(JobRow.id == job_id, JobRow.state == "running", JobRow.tries == number)
        .values(leased_until=clock.now() + LEASE).execution_options(synchronize_session=False)
    )


def _run(job_id: int, number: int, key: str, values: dict[str, Any]) -> None:
    error: str | None = None
    kind = registry.jobs.get(key)
    running = _running.set((job_id, number))
    try:
        if kind is None:
            raise LookupError(key)
        kind.run(values)
    except Exception as problem:  # A failing job must not stop the runner; it is told in the row and the log.
        log.exception("job %s failed", key)
        error = type(problem).__name__
    finally:
        _running.reset(running)
    with write_tx() as session:
        job = session.get_one(JobRow, job_id, with_for_update=True)
        if job.state != "running" or job.tries != number:
            return  # The lease ran out and another runner has it now; what it says counts.
        job.leased_until, job.error = None, error
        if error is None:
            job.state, job.finished_at = "done", clock.now()
        elif job.tries >= TRIES:
            job.state, job.finished_at = "failed", clock.now()
        else:
            job.state, job.due_at = "waiting", clock.now() + dt.timedelta(seconds=30 * 2**job.tries)
