"""Where the test inputs from public projects lie: beside the repository, never in it.

Their licences and sizes keep them out, so a test that needs them skips, aloud, on a machine without them.
Tests that parametrise over a corpus call `corpus_or_none` at import: a skip there would silence the module.
"""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
CORPORA = REPOSITORY.parent / "shared" / "corpora"


def corpus_or_none(*parts: str) -> Path | None:
    """The path of a corpus or of a file in it, None when it is not on this machine."""
    path = CORPORA.joinpath(*parts)
    return path if path.exists() else None


def corpus(*parts: str) -> Path:
    """The path of a corpus or of a file in it; skips the running test when it is not on this machine."""
    path = corpus_or_none(*parts)
    if path is None:
        pytest.skip(f"needs the corpus {'/'.join(parts)} in {CORPORA}, which is not on this machine")
    return path
