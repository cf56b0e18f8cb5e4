"""Rules about the source itself: floors, one clock, no stray output, safe templates."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "lms").rglob("*.py"))
TEMPLATES = sorted((ROOT / "lms" / "templates").rglob("*.html"))
#: Files and folders of rules and reads.
RULES = {"services", "services.py", "queries", "queries.py", "models.py"}
#: Commands talk to a person at a terminal; tests' tools are no part of the engine.
PRINTS = {"lms/cli.py"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def calls(path: Path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def test_a_floor_imports_only_floors_below_it():
    # A process of its own: the linter switches off every logger of the process it runs in.
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def contract(name: str) -> list[str]:
    """The source modules of a contract of setup.cfg."""
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg")
    return settings[f"importlinter:contract:{name}"]["source_modules"].split()


#: Screens mix pages and rules in one folder; these files of theirs are pages.
PAGES = {"__init__", "attempts", "blueprint", "correcting", "forms", "marking", "searching", "views"}
SCREENS = ("classroom", "teaching", "authoring", "enrolling", "reports", "administration")


def test_every_file_of_rules_stands_in_the_contract_that_keeps_it_from_http():
    held = contract("rules-know-no-http")
    rules = {
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for path in MODULES
        if RULES & set(path.parts)
        or (path.parent.name in SCREENS and path.parent.parent.name == "lms" and path.stem not in PAGES)
    }
    assert rules
    loose = [name for name in rules if not any(name == own or name.startswith(f"{own}.") for own in held)]

    assert loose == []


def test_every_part_but_the_door_is_kept_from_markup_libraries():
    parts = {f"lms.{path.parent.name}" for path in (ROOT / "lms").glob("*/__init__.py")}

    assert parts - {"lms.lib"} == set(contract("markup-door"))


def test_the_time_comes_from_one_place():
    forbidden = {"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp"}
    found = []
    for path in MODULES:
        if name_of(path) == "lms/lib/clock.py":
            continue
        for call in calls(path):
            if not isinstance(call.func, ast.Attribute):
                continue
            owner = ast.unparse(call.func.value)
            of_datetime = call.func.attr in forbidden and owner.split(".")[-1] in ("datetime", "date", "dt")
            of_time = owner == "time" and call.func.attr in ("time", "time_ns", "localtime", "gmtime", "strftime")
            in_sql = owner.endswith("func") and call.func.attr in ("now", "current_timestamp", "localtimestamp")
            if of_datetime or of_time or in_sql:
                found.append(f"{name_of(path)}:{call.lineno} {ast.unparse(call.func)}")

    assert found == [], "use lms.lib.clock.now()"


def test_nothing_prints_but_commands():
    found = [
        f"{name_of(path)}:{call.lineno}" for path in MODULES for call in calls(path)
        if isinstance(call.func, ast.Name) and call.func.id in ("print", "breakpoint", "input")
        and name_of(path) not in PRINTS and not name_of(path).startswith("lms/commands/")
    ]

    assert found == []


def test_services_queries_and_models_never_commit():
    rules = [path for path in MODULES if RULES & set(path.parts)]
    assert rules
    found = [
        f"{name_of(path)}:{call.lineno}" for path in rules for call in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("commit", "rollback", "begin", "begin_nested")
    ]

    assert found == []


#: Signing in has its own transaction: it hashes before, and counts a wrong try that must not be rolled back.
OPENS_A_TRANSACTION = {"lms/accounts/services/signing.py"}


def test_services_never_open_a_transaction():
    rules = [path for path in MODULES if RULES & set(path.parts)]
    found = {
        name_of(path) for path in rules for call in calls(path)
        if isinstance(call.func, ast.Name) and call.func.id == "write_tx"
    }

    assert found <= OPENS_A_TRANSACTION


def test_imports_stand_at_the_top_of_their_file():
    inside = [
        f"{name_of(path)}:{node.lineno}" for path in MODULES if not path.name.startswith("testing")
        for function in ast.walk(tree(path)) if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lms")
    ]

    assert inside == []


def test_every_module_says_what_it_is():
    silent = [name_of(path) for path in MODULES if not ast.get_docstring(tree(path)) and path.read_text().strip()]

    assert silent == []


def test_no_file_has_grown_beyond_three_hundred_lines():
    long = {name_of(path): len(path.read_text().splitlines()) for path in MODULES}

    assert {name: lines for name, lines in long.items() if lines > 300} == {}


def test_no_folder_is_named_after_nothing():
    empty_words = {"utils", "util", "helpers", "helper", "common", "misc", "data", "info", "stuff"}

    assert [name_of(path) for path in MODULES if {part.removesuffix(".py") for part in path.parts} & empty_words] == []


# Templates


def template_nodes(path: Path):
    return Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True).parse(path.read_text())


def test_no_template_calls_text_safe():
    found = []
    for path in TEMPLATES:
        for node in template_nodes(path).find_all(nodes.Filter):
            if node.name in ("safe", "forceescape"):
                found.append(f"{name_of(path)}:{node.lineno}")
        if "autoescape" in path.read_text():
            found.append(name_of(path))

    assert found == []


#: The door through which cleaned HTML passes, pictures of ours, hidden fields, the one style sheet, and the element
#: that says in which language words are.
MARKUP = {
    "lms/app.py", "lms/authoring/views.py", "lms/classroom/views/blueprint.py", "lms/core/web/icons.py",
    "lms/core/web/pages.py", "lms/core/web/qr.py", "lms/lib/markup/__init__.py", "lms/programs/marked.py",
}


def test_text_becomes_markup_in_named_places_only():
    found = {
        name_of(path) for path in MODULES for call in calls(path)
        if ast.unparse(call.func).split(".")[-1] == "Markup"
    }

    assert found - MARKUP == set()


@pytest.mark.parametrize(("rule", "pattern"), [
    ("style attribute", r"<[a-z][^>]*\sstyle\s*="),
    ("inline handler", r"<[a-z][^>]*\son[a-z]+\s*="),
    ("data: address", r"(?:src|href|srcset)\s*=\s*[\"']?data:"),
    ("javascript: address", r"javascript:"),
    ("inline script", r"<script(?![^>]*\ssrc=)[^>]*>"),
    ("address of another site", r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//(?!wa\.me)"),
    ("new window", r"target\s*=\s*[\"']_blank"),
    ("unquoted attribute", r"\s(?:value|href|action|src|id|name|class|alt|title)=\{\{"),
])
def test_no_template_has(rule, pattern):
    found = [
        f"{name_of(path)}:{path.read_text()[: hit.start()].count(chr(10)) + 1}"
        for path in TEMPLATES for hit in re.finditer(pattern, path.read_text(), re.IGNORECASE)
    ]

    assert found == [], rule


def test_style_elements_stand_on_the_first_page_only():
    assert [path.name for path in TEMPLATES if "<style" in path.read_text()] == ["sign_in.html"]


def test_every_unsafe_form_carries_its_hidden_fields():
    bare = []
    for path in TEMPLATES:
        for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", path.read_text(), re.IGNORECASE | re.DOTALL):
            if "hidden(" not in form:
                bare.append(f"{name_of(path)}: {form[:80]}")

    assert bare == []


def test_a_form_names_its_version_on_the_pages_that_are_kept_and_on_no_other():
    """Drawing a page refuses it too, but a form that is shown to a few only is not drawn by every test."""
    kept = {
        call.args[0].value for path in MODULES for call in calls(path)
        if isinstance(call.func, ast.Name) and call.func.id == "page"
        and any(word.arg == "kept" for word in call.keywords)
    }
    given = {True: set(), False: set()}
    for path in TEMPLATES:
        for call in template_nodes(path).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "hidden":
                given[f"{path.parent.name}/{path.name}" in kept].add((len(call.args), name_of(path)))

    assert {number for number, _name in given[True]} == {2}, given[True]
    assert {number for number, _name in given[False]} == {0}, given[False]


def test_no_rule_hides_in_a_template():
    """Roles are asked about in `core.roles`; a template that names one would be a second source of rights."""
    roles = ("admin", "instructor", "facilitator", "class_admin", "observer", "coordinator", "practice_supervisor")
    found = [
        f"{name_of(path)}: {role}" for path in TEMPLATES for role in roles
        if re.search(rf"role\s*(?:==|!=|in)\s*[\[(]?[\"']{role}", path.read_text())
    ]

    assert found == []


def test_a_page_with_a_dock_hides_the_menu_that_the_dock_would_cover_on_a_phone():
    covered = [
        name_of(path) for path in TEMPLATES
        if 'class="dock"' in (text := path.read_text()) and "{% block nav_class %} only-wide" not in text
    ]
    assert covered == []
