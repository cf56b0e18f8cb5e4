"""Whoever sends a file that is not taken reads why, and what to do."""

import re
from pathlib import Path

import pytest

import lms
from lms.classroom.works import FILE_REASONS, file_reason
from lms.core import i18n

ROOT = Path(lms.__file__).parent
SOURCES = ("lib/filetypes.py", "lib/images.py", "lib/images_worker.py", "core/uploads/storing.py")


def codes():
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in SOURCES)
    return set(re.findall(r'Bad(?:File|Picture)\("(\w+)"', text)) | set(re.findall(r'"code": "(\w+)"', text))


def test_every_reason_against_a_file_has_words():
    assert len(codes()) >= 10
    assert codes() <= set(FILE_REASONS)


@pytest.mark.parametrize("code", sorted(FILE_REASONS))
def test_the_words_are_there_in_both_languages_and_end_as_a_sentence(code):
    with i18n.in_language("en"):
        english = file_reason(code)
    assert file_reason(code) != english
    assert file_reason(code).endswith(".")
    assert english.endswith(".")
