"""Names that people give their files: shown, and given back with a download; never a path of ours."""

from __future__ import annotations

import re

from lms.lib.identifiers import tidy_name

MOST_LETTERS = 120
_LAST_PART = re.compile(r"[^/\\]*\Z")
_FORBIDDEN = re.compile(r'[<>:"|?*;%\ud800-\udfff]')
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
#: Names that open a device on Windows, whatever stands behind the dot.
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|\Z)", re.IGNORECASE)


def clean_name(name: str, ending: str, *, instead: str = "berkas") -> str:
    """Return a name that every system can keep and no header trips over, at most 120 letters long.

    Folders, control signs, reversed writing and signs that some system forbids are gone; its ending is `ending`, which
    comes from the content. `instead` is the name where nothing is left.
    """
    # Cleaning costs more for a longer text, and nobody gives a name of a thousand letters.
    last = _LAST_PART.search(name[-1000:])
    assert last is not None
    text = _FORBIDDEN.sub("_", tidy_name(last[0]).replace("\n", " ")).strip(" .")
    stem = _ENDING.sub("", text).strip(" .")[:MOST_LETTERS - len(ending) - 2].strip(" .") or instead
    return f"{'_' if _DEVICE.match(stem) else ''}{stem}.{ending}"
