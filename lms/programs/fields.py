"""What may stand in a TOML table of a course file, told as data, and the reading that reports what does not fit."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lms.core.i18n import LANGUAGES
from lms.programs.content import DEFAULT_LANGUAGE
from lms.programs.mistakes import Place

LONGEST_ID = 60
LONGEST_TITLE = 120
LONGEST_WORDS = 2_000
TRANSLATIONS = tuple(language for language in LANGUAGES if language != DEFAULT_LANGUAGE)

_ID = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._-]{{0,{LONGEST_ID - 1}}}")

Reader = Callable[[Any, Place], Any]


class Unreadable(Exception):
    """The value was reported; there is nothing to go on with."""


@dataclass(frozen=True, slots=True)
class Field:
    """One key. `read` returns the value or reports and raises Unreadable.

    A field `by_language` may stand again with the language behind it (`title_en`) and becomes a dict by language.
    A key that is not required gets `default` when it is left out; a tuple becomes a new list.
    """

    read: Reader
    required: bool = True
    default: Any = None
    by_language: bool = False


Fields = Mapping[str, Field]


def read_table(values: Any, fields: Fields, place: Place) -> dict[str, Any]:
    """Return what could be read of a table, reporting the rest. A key with a mistake is absent from the result."""
    if not isinstance(values, dict):
        place.error("E_TYPE", "Di sini harus ada tabel.")
        return {}
    _report_unknown(values, fields, place)
    found: dict[str, Any] = {}
    for name, field in fields.items():
        try:
            if name not in values:
                if field.required:
                    place.error("E_KEY_MISSING", f"Kunci “{name}” belum ada.")
                else:
                    found[name] = list(field.default) if isinstance(field.default, tuple) else field.default
            elif field.by_language:
                found[name] = _by_language(values, name, field, place)
            else:
                found[name] = field.read(values[name], place.at(name))
        except Unreadable:
            continue
    return found


def _by_language(values: dict[str, Any], name: str, field: Field, place: Place) -> Any:
    """A text becomes a dict by language; a list of texts becomes a list of such dicts."""
    own = field.read(values[name], place.at(name))
    others = {}
    for language in TRANSLATIONS:
        key = f"{name}_{language}"
        if key in values:
            others[language] = field.read(values[key], place.at(key))
            if isinstance(own, list) and len(own) != len(others[language]):
                place.at(key).error("E_VALUE", f"“{key}” harus sepanjang “{name}”: {len(own)} butir.")
                raise Unreadable
    if isinstance(own, list):
        return [
            {DEFAULT_LANGUAGE: text} | {language: texts[number] for language, texts in others.items()}
            for number, text in enumerate(own)
        ]
    return {DEFAULT_LANGUAGE: own} | others


def _report_unknown(values: dict[str, Any], fields: Fields, place: Place) -> None:
    known = list(fields)
    known += [f"{name}_{language}" for name, field in fields.items() if field.by_language for language in TRANSLATIONS]
    for key in values:
        if key not in known:
            near = difflib.get_close_matches(key[:80], known, 1)
            hint = f" Maksudnya “{near[0]}”?" if near else ""
            place.at(key).error("E_KEY_UNKNOWN", f"Kunci “{key[:80]}” tidak dikenal.{hint}")


def _wrong_type(place: Place, wanted: str) -> Unreadable:
    place.error("E_TYPE", f"Nilai ini harus {wanted}.")
    return Unreadable()


def _wrong_value(place: Place, why: str) -> Unreadable:
    place.error("E_VALUE", why)
    return Unreadable()


def read_words(longest: int) -> Reader:
    """Read a text that is not empty."""

    def read(value: Any, place: Place) -> str:
        if not isinstance(value, str):
            raise _wrong_type(place, "teks dalam tanda kutip")
        if not value.strip():
            raise _wrong_value(place, "Teks ini kosong.")
        if len(value) > longest:
            raise _wrong_value(place, f"Teks ini lebih panjang dari {longest} huruf.")
        if any(ord(sign) < 32 and sign not in "\n\t" for sign in value):
            # PostgreSQL cannot keep a NUL, and no author means one.
            raise _wrong_value(place, "Teks ini memuat tanda kendali.")
        return value.strip()

    return read


def read_id(value: Any, place: Place) -> str:
    if not isinstance(value, str):
        raise _wrong_type(place, "teks dalam tanda kutip")
    if not is_id(value):
        place.error("E_ID_FORM", f"id terdiri dari huruf, angka, titik, garis; paling panjang {LONGEST_ID}.")
        raise Unreadable
    return value


def is_id(value: str) -> bool:
    """Tell whether a text may be an id."""
    return _ID.fullmatch(value) is not None


def read_list(read: Reader, *, least: int = 0) -> Reader:
    """Read a list of what `read` reads; an item with a mistake makes the whole list unreadable."""

    def read_items(value: Any, place: Place) -> list[Any]:
        if not isinstance(value, list):
            raise _wrong_type(place, "daftar dalam kurung siku")
        if len(value) < least:
            raise _wrong_value(place, f"Daftar ini perlu paling sedikit {least} butir.")
        items, is_whole = [], True
        for number, item in enumerate(value):
            try:
                items.append(read(item, place.at(number)))
            except Unreadable:
                is_whole = False
        if not is_whole:
            raise Unreadable
        return items

    return read_items


def title() -> Field:
    """A required title, by language."""
    return Field(read_words(LONGEST_TITLE), by_language=True)


def words(*, required: bool = True, by_language: bool = True, longest: int = LONGEST_WORDS) -> Field:
    return Field(read_words(longest), required, by_language=by_language)


def texts(*, required: bool = True) -> Field:
    """A list of texts; when it may be left out it is then empty."""
    return Field(read_list(read_words(LONGEST_WORDS), least=1 if required else 0), required, (), by_language=True)


def identifier(*, required: bool = True) -> Field:
    return Field(read_id, required)


def identifiers(*, required: bool = True, least: int = 0) -> Field:
    return Field(read_list(read_id, least=least), required, ())


def whole(least: int, most: int, *, required: bool = True, default: int | None = None) -> Field:
    """A whole number between two bounds, both allowed."""

    def read(value: Any, place: Place) -> int:
        # True is an int to Python, but not to an author.
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong_type(place, "bilangan bulat")
        if not least <= value <= most:
            raise _wrong_value(place, f"Nilai ini harus {least} sampai {most}.")
        return value

    return Field(read, required and default is None, default)


def truth(*, default: bool | None = None) -> Field:
    def read(value: Any, place: Place) -> bool:
        if not isinstance(value, bool):
            raise _wrong_type(place, "true atau false")
        return value

    return Field(read, default is None, default)


def one_of(*choices: str) -> Field:
    def read(value: Any, place: Place) -> str:
        if not isinstance(value, str):
            raise _wrong_type(place, "teks dalam tanda kutip")
        if value not in choices:
            raise _wrong_value(place, f"Nilai ini harus salah satu dari: {', '.join(choices)}.")
        return value

    return Field(read)


def tables(fields: Fields, *, required: bool = False) -> Field:
    """Tables of one shape. Each is read as far as it can be, so a mistake in one does not hide the others."""

    def read(value: Any, place: Place) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise _wrong_type(place, "daftar tabel, ditulis dengan [[…]]")
        return [read_table(item, fields, place.at(number)) for number, item in enumerate(value)]

    return Field(read, required, ())


def table(fields: Fields, *, required: bool = False) -> Field:
    return Field(lambda value, place: read_table(value, fields, place), required)


def texts_by_id() -> Field:
    """A table whose keys are ids and whose values are texts, such as the levels of a criterion.

    A translation stands beside the text, as everywhere: `good` and `good_en`.
    """

    def read(value: Any, place: Place) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _wrong_type(place, "tabel")
        endings = tuple(f"_{language}" for language in TRANSLATIONS)
        plain = [key for key in value if not (key.endswith(endings) and key.rpartition("_")[0] in value)]
        return read_table(value, dict.fromkeys(plain, words()), place)

    return Field(read)
