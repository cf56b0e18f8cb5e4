"""A tiny programme and tiny regions for tests: five modules, every kind of quiz. Never imported by the engine.

Order and rules are those of a real tier: M00 first, M01 to M03 in any order after it, M10 last. Words that only a key
or a feedback holds begin with `UMPAN` or `JUDUL`, so that a test can look for leaks.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from lms.lib import gift
from lms.programs.content import Lesson, Module, Program, Question, Quiz
from lms.regions.models import Region

PROGRAM_ID = "diklat-mini"
PROVINCE, REGENCY, SUBDISTRICT, OTHER_SUBDISTRICT = "52", "52.02", "52.02.01", "52.03.01"


def regions() -> list[Region]:
    """Return new rows of the regions of every story; a parent stands before its children."""
    return [
        Region(code=code, name=name, level=level, parent_code=parent, timezone="Asia/Makassar")
        for code, name, level, parent in (
            (PROVINCE, "Nusa Tenggara Barat", "province", None), (REGENCY, "Lombok Tengah", "regency", PROVINCE),
            ("52.03", "Lombok Timur", "regency", PROVINCE), (SUBDISTRICT, "Praya", "subdistrict", REGENCY),
            (OTHER_SUBDISTRICT, "Keruak", "subdistrict", "52.03"),
        )
    ]


def choice(key: str, tag: str = "a") -> str:
    """Return a question with one right option in GIFT; its right option reads "tepat"."""
    return (
        f"// [id:{key}] [tag:{tag}]\n::JUDUL-{key}::Mana yang tepat ({key})? "
        "{=tepat#UMPAN-tepat ~meleset#UMPAN-meleset ~kurang#UMPAN-kurang ####UMPAN-umum}\n\n"
    )


def essay(key: str, tag: str = "e") -> str:
    """Return a question that a person marks, in GIFT."""
    return f"// [id:{key}] [tag:{tag}]\n::JUDUL-{key}::Ceritakan satu kejadian ({key}). {{}}\n\n"


def questions(source: str) -> dict[str, Question]:
    """Read a bank as publishing does."""
    bank = gift.parse(source)
    assert not bank.errors, bank.errors
    found = {}
    for item in bank.questions:
        content = gift.as_dict(item) | {"line": 0, "category": None}
        own = {name: value for name, value in content.items() if name not in ("line", "category")}
        sha256 = hashlib.sha256(json.dumps(own, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
        found[str(item.id)] = Question(str(item.id), item.type, item.tags, {"id": content}, sha256)
    return found


def lesson(key: str, number: int, minutes: int = 1) -> Lesson:
    """Return a short lesson with a reflection box."""
    return Lesson(
        id=key, number=number, title={"id": f"Pelajaran {key}", "en": f"Lesson {key}"}, minutes=minutes,
        html={"id": f"<p>Isi pelajaran {key}.</p>", "en": f"<p>Text of lesson {key}.</p>"},
        reflection={"id": "Apa yang akan Anda coba besok?"}, discussion=None, words=3, images=(), bytes=40,
    )


def quiz(key: str, kind: str, **changes: Any) -> Quiz:
    """Return a quiz; what is not named has the everyday value."""
    values: dict[str, Any] = {
        "id": key, "title": {"id": f"Kuis {key}", "en": f"Quiz {key}"}, "kind": kind, "pass_mark": 70, "attempts": 3,
        "shuffle": False, "minutes": None, "online": False, "draws": (), "bank": (), "forms": (),
    }
    return Quiz(**(values | changes))


def module(key: str, number: int, lessons: tuple[Lesson, ...], quizzes: tuple[Quiz, ...], **changes: Any) -> Module:
    """Return a module that is complete when its lessons are read and its module quizzes are passed."""
    passed = tuple(("quiz", item.id, "passed") for item in quizzes if item.kind in ("module", "posttest"))
    submitted = tuple(("quiz", item.id, "submitted") for item in quizzes if item.kind == "pretest")
    values: dict[str, Any] = {
        "id": key, "number": number, "title": {"id": f"Modul {key}", "en": f"Module {key}"}, "jp": 4, "depth": "brief",
        "requires": ("M00",), "aims": ({"id": "Menjelaskan satu hal"},), "lessons": lessons, "quizzes": quizzes,
        "complete": (("lessons",), *passed, *submitted),
    }
    return Module(**(values | changes))


def _keys(prefix: str, count: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(1, count + 1))


FORM_A, FORM_B, FORM_C = _keys("fa", 4), _keys("fb", 4), _keys("fc", 4)
BANK_0, BANK_1A, BANK_1B = _keys("q0-", 4), _keys("q1a-", 4), _keys("q1b-", 4)
BANK_2, BANK_3, BANK_10 = _keys("q2-", 6), _keys("q3-", 2), _keys("q10-", 3)


def _bank() -> dict[str, Question]:
    plain = (*FORM_A, *FORM_B, *FORM_C, *BANK_0, *BANK_1A, *BANK_2, *BANK_3, *BANK_10)
    source = "".join(choice(key) for key in plain) + "".join(choice(key, "b") for key in BANK_1B) + essay("q3-e")
    return questions(source)


def _modules() -> tuple[Module, ...]:
    return (
        module("M00", 0, (lesson("m00-1", 1), lesson("m00-2", 2)), (
            quiz("m00-awal", "pretest", forms=(FORM_A,), attempts=1, pass_mark=0),
            quiz("m00-latihan", "practice", bank=BANK_0, draws=((None, 2),), attempts=0, shuffle=True),
        ), requires=(), jp=2),
        module("M01", 1, (lesson("m01-1", 1), lesson("m01-2", 2)), (
            quiz("m01-kuis", "module", bank=BANK_1A + BANK_1B, draws=(("a", 2), ("b", 2)), shuffle=True),
        )),
        module("M02", 2, (lesson("m02-1", 1),), (
            quiz("m02-kuis", "module", bank=BANK_2, draws=((None, 4),), attempts=2, minutes=30, online=True),
        )),
        module("M03", 3, (lesson("m03-1", 1),), (
            quiz("m03-kuis", "module", bank=(*BANK_3, "q3-e"), draws=(("e", 1), (None, 2))),
        ), jp=3),
        module("M10", 10, (lesson("m10-1", 1),), (
            quiz("m10-akhir", "posttest", forms=(FORM_B, FORM_C), attempts=2),
            quiz("m10-latihan", "practice", bank=BANK_10, draws=((None, 2),), attempts=0),
        ), requires=("M00", "M01", "M02", "M03"), jp=2),
    )


def _component(key: str, stage: str, weight: int, source: str) -> dict[str, Any]:
    return {"id": key, "stage": stage, "weight": weight, "title": {"id": f"Komponen {key}"}, "source": source}


_DATA: dict[str, Any] = {
    "weights": {"deepening": 40, "independent_task": 60},
    "pass": {
        "mark": 70, "independent_task": 70, "attendance": 80, "all_modules": True, "all_mandatory_tasks": True,
        "keep_months": 12,
    },
    "components": [
        _component("module_quizzes", "deepening", 30, "system"),
        _component("posttest", "deepening", 30, "system"),
        _component("practice_products", "deepening", 20, "instructor"),
        _component("participation", "deepening", 20, "class_admin"),
        _component("final_report", "independent_task", 60, "practice_supervisor"),
        _component("observation", "independent_task", 40, "practice_supervisor"),
    ],
    "predicates": [
        {"min": 90, "id": "excellent", "title": {"id": "Amat Baik"}, "medal": "gold"},
        {"min": 80, "id": "good", "title": {"id": "Baik"}, "medal": "silver"},
        {"min": 70, "id": "fair", "title": {"id": "Cukup"}, "medal": "bronze"},
    ],
    "tasks": [
        {"id": "W1", "kind": "mandatory", "title": {"id": "Tugas wajib 1"}, "evidence": {"id": "Foto"}},
        {"id": "P1", "kind": "elective", "title": {"id": "Tugas pilihan 1"}, "evidence": {"id": "Karya"}},
    ],
    "report": {}, "elective_required": 1, "criteria": [], "levels": [], "report_parts": [],
}


def tiny_program(**changes: Any) -> Program:
    """Return the programme; `changes` replace fields of it, for example `modules=`."""
    program = Program(
        id=PROGRAM_ID, code="MINI", title={"id": "Diklat Mini", "en": "Mini training"}, tier="dasar", order=1, jp=15,
        minutes_per_jp=45, status="complete", requires=(), modules=_modules(), questions=_bank(), data=_DATA,
    )
    return dataclasses.replace(program, **changes)


def with_quiz(program: Program, quiz_id: str, **changes: Any) -> Program:
    """Return the programme with fields of one quiz replaced."""
    modules = tuple(
        dataclasses.replace(item, quizzes=tuple(
            dataclasses.replace(one, **changes) if one.id == quiz_id else one for one in item.quizzes
        ))
        for item in program.modules
    )
    return dataclasses.replace(program, modules=modules)


def with_works(program: Program | None = None) -> Program:
    """Return the programme (the tiny one by default) with a report of two chapters and forms in its tasks."""
    program = program or tiny_program()
    forms: dict[str, Any] = {"W1": [_field("hasil", "long")], "P1": [_field("lampiran", "files", most=1)]}
    rules: dict[str, Any] = {"marked_by": ["practice_supervisor"], "returns_max": 2, "return_days": 14, "late_days": 14}
    tasks = [row | {"field": forms[row["id"]]} for row in program.data["tasks"]]
    parts = [
        {"id": "bab-1", "title": {"id": "Bab 1"}, "min_words": 5, "tasks": ["W1"], "field": [
            _field("cerita", "long"), _field("jumlah", "number", required=False),
        ]},
        {"id": "bab-2", "title": {"id": "Bab 2"}, "field": [
            _field("foto", "photos", required=False, most=2), _field("kesan", "short", required=False),
        ]},
    ]
    data = {**program.data, "report": rules, "tasks": tasks, "report_parts": parts}
    return dataclasses.replace(program, data=data)


def _field(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": key, "kind": kind, "title": {"id": f"Isian {key}", "en": f"Field {key}"}, **more}
