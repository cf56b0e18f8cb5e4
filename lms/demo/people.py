"""The fictive people and places: read from the sample data beside this file, written through the real services."""

from __future__ import annotations

import csv
import os
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.accounts.services import people, secrets, signing
from lms.core.db import db
from lms.core.permissions import SYSTEM
from lms.lib.identifiers import participant_code
from lms.regions.models import Institution, Provider, Region

LEVELS = {"provinsi": "province", "kabupaten": "regency", "kota": "city", "kecamatan": "subdistrict"}
TASTURA, SELAPARANG = "lpd-tastura", "lpd-selaparang"


@dataclass(frozen=True, slots=True)
class Teacher:
    """A teacher of the sample data, once in the database."""

    person_id: int
    code: str
    name: str
    region: str
    institution_id: int
    sex: str


@dataclass(frozen=True, slots=True)
class Staff:
    """A fictive member of staff: signs in with an e-mail address."""

    login: str
    name: str
    sex: str
    suffix: str = ""


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one file of the sample data."""
    text = files("lms.demo").joinpath("data", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def add_places() -> dict[str, int]:
    """Write regions, institutions and providers; return the institutions' ids by NPSN."""
    known = set(db.session.scalars(sa.select(Region.code)))
    regions = sorted(rows("regions.csv"), key=lambda row: row["kode"].count("."))
    for row in regions:
        if row["kode"] not in known:
            db.session.add(Region(
                code=row["kode"], name=row["nama"], level=LEVELS[row["tingkat"]], parent_code=row["kode_induk"] or None,
                timezone=row["zona_waktu"],
            ))
            db.session.flush()  # A region points at its parent, which must stand first.
    db.session.add_all([
        Provider(
            code=TASTURA, name="LPD PAUD Tastura", region_code="52.02", help_name="Meja bantuan LPD Tastura",
            help_phone="084420000001",
        ),
        Provider(
            code=SELAPARANG, name="LPD PAUD Selaparang", region_code="52.03", help_name="Meja bantuan LPD Selaparang",
            help_phone="084430000001",
        ),
    ])
    institutions = [
        Institution(
            npsn=row["npsn"], name=row["nama_lembaga"], form=row["bentuk_satuan"],
            is_private=row["status_lembaga"] == "Swasta", region_code=row["kode_kecamatan"],
            village=row["desa"] or None,
        )
        for name in ("lembaga.csv", "lembaga-lotim.csv") for row in rows(name)
    ]
    db.session.add_all(institutions)
    db.session.flush()
    return {str(item.npsn): item.id for item in institutions}


def add_teachers(name: str, institutions: dict[str, int], codes: random.Random) -> list[Teacher]:
    """Write the people of one participants' file, by sub-district; their codes are the same in every demo."""
    found = rows(name)
    phones = Counter(row["no_hp"] for row in found)
    made = []
    for row in sorted(found, key=lambda row: (row["kode_kecamatan"], int(row["no"]))):
        identifiers = {
            "nik": row["nik"], "phone": row["no_hp"], "email": row["email"].lower(), "nuptk": row["nuptk"],
        }
        person = people.create_person(
            row["nama_lengkap"], row["jenis_kelamin"], by=SYSTEM, title_prefix=row["gelar_depan"] or None,
            title_suffix=row["gelar_belakang"] or None, institution_id=institutions[row["npsn"]],
            identifiers={kind: value for kind, value in identifiers.items() if value},
            has_shared_phone=phones[row["no_hp"]] > 1, is_demo=True, code=participant_code(codes),
        )
        people.assign_role(person.id, "teacher", "self", by=SYSTEM)
        made.append(Teacher(
            person.id, person.code, person.full_name, row["kode_kecamatan"], institutions[row["npsn"]], person.sex
        ))
    return made


def add_staff(
    staff: Staff, role: str, scope_kind: str, scope_key: str = "", *, paper: str, codes: random.Random
) -> int:
    """Write a member of staff with one role, or give a known one another role; return the person's id."""
    known = people_by_login([staff.login]).get(staff.login)
    if known is None:
        person = people.create_person(
            staff.name, staff.sex, by=SYSTEM, title_suffix=staff.suffix or None, identifiers={"email": staff.login},
            is_demo=True, code=participant_code(codes),
        )
        known = person.id
    people.assign_role(known, role, scope_kind, scope_key, by=SYSTEM, paper=paper)
    return known


def people_by_login(logins: Iterable[str]) -> dict[str, int]:
    """Return the demo people's ids by what they sign in with: a participant code or an e-mail address."""
    found = {login: signing.find_person(login) for login in logins}
    return {login: person_id for login, person_id in found.items() if person_id is not None}


def hash_all(plain: Sequence[str]) -> list[str]:
    """Hash many secrets, each with its own salt, on all cores; the hash function lets other threads run."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return list(pool.map(secrets.hash_secret, plain))


def count() -> int:
    """Return how many fictive people the database holds."""
    return db.session.scalar(sa.select(sa.func.count()).select_from(Person).where(Person.is_demo)) or 0
