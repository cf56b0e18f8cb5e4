"""Forms: WTForms with our own words, a mark field that reads "82,5", and errors shown beside field and in a summary."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import wtforms
from flask import request

from lms.core import i18n
from lms.core.errors import Invalid
from lms.core.words_lazy import Lazy, lazy as _
from lms.lib import words
from lms.lib.identifiers import clean_text

REQUIRED = _("Bagian ini perlu diisi.")
MOST_DIGITS = 9


class Form(wtforms.Form):
    """A form of this project: filled from the request on POST, its messages already translated."""

    class Meta(wtforms.Form.Meta):
        locales = False

    def __init__(self, formdata: Any = None, **kwargs: Any) -> None:
        if formdata is None and request.method == "POST":
            formdata = request.form
        super().__init__(formdata=formdata, **kwargs)

    def refuse(self, problem: Invalid) -> None:
        """Put the refusals of a service beside their fields."""
        for name, sentence in problem.fields.items():
            field = self._fields.get(name)
            if field is not None:
                field.errors = [*field.errors, i18n.gettext(sentence, **problem.values)]

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """Return (field id, label, sentence) for the summary, in the order of the page."""
        return [
            (field.id, i18n.gettext(str(field.label.text)), sentence) for field in self for sentence in field.errors
        ]


class TextField(wtforms.StringField):
    """A text: control signs removed, spaces trimmed, length bounded with a sentence."""

    #: Read after `validate()`: never None then, an empty text where nothing was typed.
    data: str  # type: ignore[assignment]

    def __init__(self, label: str | Lazy, *, required: bool = True, longest: int = 200, hint: str | Lazy = "",
                 lines: int = 1, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.required, self.longest, self.hint, self.lines = required, longest, hint, lines

    @property
    def text(self) -> str:
        """What was typed, never None."""
        return self.data or ""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.data = clean_text(self.data or "").strip()

    def pre_validate(self, form: Any) -> None:
        if self.required and not self.data:
            raise wtforms.validators.StopValidation(i18n.gettext(REQUIRED))
        if self.data and len(self.data) > self.longest:
            raise wtforms.validators.StopValidation(
                i18n.gettext(_("Paling panjang %(most)s huruf; yang tertulis %(n)s."),
                             most=words.number(self.longest, i18n.language()),
                             n=words.number(len(self.data), i18n.language()))
            )


class ChoiceField(wtforms.SelectField):
    """A choice from a list; anything that is not in it is refused with a sentence."""

    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, *_rest in self.iter_choices()}:
            raise wtforms.validators.StopValidation(i18n.gettext(_("Pilih dari daftar.")))


class MarkField(wtforms.Field):
    """A mark from 0 to 100; "82,5" and "82.5" are both read."""

    def __init__(self, label: str | Lazy, *, hint: str | Lazy = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.hint = hint
        self.data: Decimal | None = None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else words.mark(self.data, i18n.language())

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        if not text:
            raise ValueError(i18n.gettext(REQUIRED))
        try:
            value = words.parse_decimal(text)
        except ValueError:
            raise ValueError(i18n.gettext(_("Tulis angka 0 sampai 100, misalnya 82,5."))) from None
        if not Decimal(0) <= value <= Decimal(100):
            raise ValueError(i18n.gettext(_("Nilai antara 0 dan 100.")))
        self.data = value


class WholeField(wtforms.Field):
    """A whole number within bounds."""

    def __init__(self, label: str | Lazy, *, least: int, most: int, hint: str | Lazy = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.least, self.most, self.hint = least, most, hint

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ("" if self.data is None else str(self.data))

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        # The whole text is judged: a bound that saw its first digits only would let any number through.
        is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
        if not is_number or not self.least <= int(text) <= self.most:
            raise ValueError(
                i18n.gettext(_("Tulis angka %(least)s sampai %(most)s."), least=self.least, most=self.most)
            )
        self.data = int(text)
