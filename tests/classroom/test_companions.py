"""Who accompanies a learner: each person once with all roles in the class, and the help desk of the own provider."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lms.accounts.models import Person, RoleAssignment
from lms.classroom import queries
from lms.core.db import write_tx
from lms.lib import clock
from lms.regions.models import Provider
from lms.testing_stories import LONG_AGO, Story


def change_provider(code: str, **values: Any) -> None:
    with write_tx() as session:
        session.execute(sa.update(Provider).where(Provider.code == code).values(**values))


def test_of_two_providers_with_one_name_each_class_gets_its_own_help_desk(app: Any) -> None:
    story = Story()
    learners = {}
    for code, phone in (("bgp-ntb", "6281200000001"), ("bgp-ntt", "6281200000002")):
        learners[phone] = story.teacher(story.cohort(provider=code))
        change_provider(code, name="Balai Guru Penggerak", help_phone=phone)

    for phone, learner in learners.items():
        assert queries.home(by=learner.actor).help_desk == ("Meja bantuan", phone)


def test_a_provider_that_has_closed_has_no_help_desk(app: Any) -> None:
    story = Story()
    learner = story.teacher()
    change_provider("bgp-ntb", ended_at=clock.now())

    assert queries.home(by=learner.actor).help_desk is None


def test_who_has_several_roles_in_a_class_is_listed_once_with_all_of_them(app: Any) -> None:
    story = Story()
    cohort = story.cohort()
    both = story.class_admin(cohort, person=story.person("Lalu Suryadi"))
    story.instructor(cohort, person=both)
    everything = story.supervisor(person=both)
    story.instructor(cohort, person=story.person("Baiq Mariani"))
    # The same role for the class given by a second decree is still one role.
    story.instructor(cohort, person=both)
    learner = story.teacher(cohort, supervisor=everything)

    found = queries.home(by=learner.actor).companions
    assert [(item.plain_name, item.roles) for item in found] == [
        ("Baiq Mariani", ("instructor",)),
        ("Lalu Suryadi", ("instructor", "practice_supervisor", "class_admin")),
    ]
    client = app.test_client()
    story.sign_in(client, learner)
    page = client.get("/beranda").text
    assert page.count("Lalu Suryadi") == 1
    assert "Pengajar, Pembimbing praktik, Admin kelas" in page


@pytest.mark.parametrize("gone", [
    sa.update(RoleAssignment).where(RoleAssignment.role == "practice_supervisor").values(
        ends_at=RoleAssignment.starts_at
    ),
    sa.update(Person).where(Person.full_name == "Lalu Pembimbing").values(ended_at=LONG_AGO),
], ids=["role", "account"])
def test_a_supervisor_whose_role_or_account_has_ended_accompanies_nobody(app: Any, gone: Any) -> None:
    story = Story()
    supervisor = story.supervisor(person=story.person("Lalu Pembimbing"))
    learner = story.teacher(supervisor=supervisor)
    assert [item.plain_name for item in queries.home(by=learner.actor).companions] == ["Lalu Pembimbing"]

    with write_tx() as session:
        session.execute(gone)
    assert queries.home(by=learner.actor).companions == []
