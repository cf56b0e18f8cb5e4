"""Putting the data of a person right: names, titles, sex, telephone, e-mail, NIK. The participant code never changes.

What somebody may correct follows their role; whose data, the caller has decided by scope. The log keeps what was and
what is; NIK, telephone and e-mail only masked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from lms.accounts.models import Person, PersonIdentifier
from lms.accounts.services import people
from lms.core import audit
from lms.core.db import db
from lms.core.errors import Conflict, NotAllowed, NotFound
from lms.core.keys import keys
from lms.core.permissions import Actor
from lms.lib.identifiers import check_nik, fold_name, mask_email, mask_nik, mask_phone

PLAIN = ("full_name", "title_prefix", "title_suffix", "call_name", "sex", "has_shared_phone")
MASKS = {"nik": mask_nik, "phone": mask_phone, "email": mask_email}
#: What each right opens. Whoever checks documents corrects a name; whoever reminds and makes PINs, how to reach one.
RIGHTS = {
    "person.edit": (*PLAIN, *MASKS),
    "person.name": ("full_name",),
    "person.contact": ("call_name", "phone", "has_shared_phone"),
}


class StaffPerson(Conflict):
    """The person works as staff, now or soon: only an administrator corrects what they are reached and found by."""


class ChangedMeanwhile(Conflict):
    """Somebody else corrected this person since the form was shown."""


@dataclass(frozen=True, slots=True)
class Known:
    """The data of a person. `values` holds identifiers in plain text: for the form and the comparison, never a log."""

    person: Person
    values: dict[str, Any] = field(repr=False)

    @property
    def version(self) -> str:
        """Changes with every value. Under a key, for a plain hash of a NIK would soon be guessed."""
        text = json.dumps([self.values, self.person.ended_at is not None], sort_keys=True)
        return keys().sign("person-data", str(self.person.uuid), text)[:24]


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that would change. `before` and `after` are plain; `told` is what may be written down."""

    name: str
    before: Any = field(repr=False)
    after: Any = field(repr=False)

    @property
    def told(self) -> tuple[Any, Any]:
        """Return both values for the log, an identifier masked."""
        mask = MASKS.get(self.name)
        if mask is None:
            return self.before, self.after
        return mask(self.before) if self.before else None, mask(self.after) if self.after else None


def fields_of(by: Actor) -> tuple[str, ...]:
    """Return what this role may correct, in the order of the form."""
    held = {name for right, names in RIGHTS.items() if by.can(right) for name in names}
    return tuple(name for name in RIGHTS["person.edit"] if name in held)


def known(person_id: int, *, by: Actor, lock: bool = False) -> Known:
    """Return what is known of a person the caller has found within the actor's scope.

    Raises `NotFound` for an account that has ended, `StaffPerson`, `NotAllowed`.
    """
    if not fields_of(by):
        raise NotAllowed
    person = db.session.get(Person, person_id, with_for_update=lock, populate_existing=lock)
    if person is None or person.ended_at is not None:
        raise NotFound
    if not by.can("person.edit") and people.works_as_staff(person_id):
        raise StaffPerson
    values: dict[str, Any] = {name: getattr(person, name) for name in PLAIN} | dict.fromkeys(MASKS)
    rows = db.session.scalars(
        sa.select(PersonIdentifier)
        .where(PersonIdentifier.person_id == person_id, PersonIdentifier.kind.in_(MASKS))
    )
    values |= {row.kind: people.open_identifier(row) for row in rows}
    return Known(person, values)


def differences(now: Known, wanted: Mapping[str, Any], *, by: Actor) -> list[Difference]:
    """Return what would change, in the order of the form. Raises `NotAllowed`, `IdentifierTaken`.

    `wanted` holds normalised values; None takes an identifier or an optional text away, a missing name leaves it.
    """
    allowed = fields_of(by)
    if set(wanted) - set(allowed):
        raise NotAllowed
    found = [
        Difference(name, now.values[name], wanted[name]) for name in allowed
        if name in wanted and wanted[name] != now.values[name]
    ]
    for item in found:
        if item.name in MASKS and item.name != "phone" and item.after and people.owners(item.name, item.after):
            raise people.IdentifierTaken(kind=item.name)
    return found


def doubts(now: Known, found: list[Difference], *, by: Actor) -> list[str]:
    """Return codes of what is accepted and should be looked at again: W_NIK_KELAMIN_BEDA, W_HP_BERSAMA."""
    wanted = now.values | {item.name: item.after for item in found}
    changed, codes = {item.name for item in found}, []
    if changed & {"nik", "sex"} and wanted["nik"]:
        codes += [code for code in check_nik(wanted["nik"], sex=wanted["sex"]) if code == "W_NIK_KELAMIN_BEDA"]
    # Whether a number is somebody's beyond one's own scope is told to administrators only.
    if "phone" in changed and wanted["phone"] and by.can("person.edit") and not wanted["has_shared_phone"]:
        codes += ["W_HP_BERSAMA"] if people.owners("phone", wanted["phone"]) - {now.person.id} else []
    return codes


def correct(person_id: int, wanted: Mapping[str, Any], version: str, *, by: Actor) -> None:
    """Change what differs and write it down. Raises as `known` and `differences`, and `ChangedMeanwhile`."""
    now = known(person_id, by=by, lock=True)
    if version != now.version:
        raise ChangedMeanwhile
    found = differences(now, wanted, by=by)
    if not found:
        return
    for item in found:
        if item.name in MASKS:
            people.replace_identifier(person_id, item.name, item.after)
        else:
            setattr(now.person, item.name, item.after)
    now.person.name_key = fold_name(now.person.full_name)
    told = {item.name: item.told for item in found}
    audit.record(
        "person.corrected", "person", now.person.uuid, by=by,
        before={name: before for name, (before, _after) in told.items()},
        after={name: after for name, (_before, after) in told.items()},
    )
