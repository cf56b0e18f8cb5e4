"""Puts courses, migrations and plugins into the wheel, under `lms/bundled/`. Used by the build alone.

They stand at the top of the repository, where authors and reviewers look for them; a wheel has no such place.
`setup.cfg` names this class; the engine never imports it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools.command.build_py import build_py

FOLDERS = ("courses", "migrations", "plugins")
LEFT_OUT = ("__pycache__", "*.pyc", ".*")


class BuildWithFolders(build_py):  # type: ignore[misc]
    """Builds the package as usual, then copies the folders beside it."""

    def run(self) -> None:
        super().run()
        if getattr(self, "editable_mode", False):
            return  # An editable install reads the folders where they stand.
        for name in FOLDERS:
            target = Path(self.build_lib) / "lms" / "bundled" / name
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(name, target, ignore=shutil.ignore_patterns(*LEFT_OUT))

    def get_source_files(self) -> list[str]:
        """Name the same files for a source distribution, so that a wheel can be built from it."""
        found = [str(path) for name in FOLDERS for path in sorted(Path(name).rglob("*")) if path.is_file()]
        return [*super().get_source_files(), *(path for path in found if "__pycache__" not in path)]
