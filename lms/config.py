"""Settings of one installation: environment first, then `$INSTANCE/config.py`, then defaults for a first look.

Everything is read once at start. `problems()` names what production still lacks, in words that say what to do.
"""

from __future__ import annotations

import os
import runpy
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lms.lib import clock

ROOT = Path(__file__).resolve().parent
#: The zone of days and hours where no class and no region says one.
DEFAULT_ZONE = "Asia/Makassar"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})


class ConfigProblem(Exception):
    """The installation cannot start as it is set up. Its text says what to do."""


@dataclass(frozen=True)
class Config:
    """The settings. `env` is `demo` (a first look, fictive people), `development`, `testing` or `production`."""

    env: str
    instance: Path
    base_url: str
    database_url: str
    key_file: Path
    courses: Path
    allow_http: bool
    clock: str | None
    hosts: frozenset[str] = field(default_factory=frozenset)
    #: How many proxies of ours stand in front and may say who the visitor is; 0 believes nobody.
    proxies: int = 0

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def cookie_name(self) -> str:
        """`__Host-sid` binds the cookie to this host over https; browsers refuse that name over http."""
        return "__Host-sid" if self.is_https else "sid"

    def problems(self) -> list[str]:
        """Return what keeps this installation from starting, as sentences that say what to do."""
        found = []
        host = urlsplit(self.base_url).hostname or ""
        if self.env not in {"demo", "development", "testing", "production"}:
            found.append(f"LMS_ENV={self.env} is unknown; use production, demo or development.")
        if not self.is_https and not self.allow_http and not (self.env != "production" and host in LOOPBACK):
            found.append(
                "BASE_URL must begin with https://. For a closed network without a certificate set LMS_ALLOW_HTTP=1;"
                " passwords then travel unprotected."
            )
        if not self.database_url.startswith(("sqlite:", "postgresql+psycopg:")):
            # The address may hold a password; only what stands before it is repeated.
            kind = self.database_url.partition(":")[0][:40]
            found.append(
                f"LMS_DATABASE_URL begins with {kind}; use postgresql://user:secret@host/name, or leave it out for the"
                " embedded database."
            )
        if self.clock and self.env != "production":
            try:
                clock.parse_clock(self.clock)
            except (ValueError, OverflowError) as problem:
                found.append(f"{problem}.")
        if self.env == "production":
            if not self.key_file.exists():
                found.append(f"The key file {self.key_file} is missing; make it once with `lms keys create`.")
            elif os.name != "nt" and self.key_file.stat().st_mode & 0o077:
                found.append(f"The key file {self.key_file} can be read by others; run `chmod 600 {self.key_file}`.")
            if self.clock:
                found.append("LMS_CLOCK is for trials only; remove it.")
            if self.proxies < 0:
                found.append("LMS_PROXIES is the number of proxies in front of this server: 0, 1 or more.")
            if not host or host in LOOPBACK:
                found.append("BASE_URL must be the public address, for example https://diklat.example.id.")
        return found


def load(environ: Mapping[str, str] | None = None, **overrides: Any) -> Config:
    """Read the settings. Overrides win (tests use them); then the environment; then `config.py` of the instance."""
    environ = os.environ if environ is None else environ
    instance = Path(overrides.get("instance") or environ.get("INSTANCE") or "instance").resolve()
    file = instance / "config.py"
    written = _written(file) if file.is_file() else {}

    def setting(name: str, default: Any) -> Any:
        return environ.get(name) or written.get(name) or default

    base_url = str(setting("BASE_URL", f"http://127.0.0.1:{environ.get('PORT') or '8000'}")).rstrip("/")
    values: dict[str, Any] = {
        "env": str(setting("LMS_ENV", "demo")),
        "instance": instance,
        "base_url": base_url,
        "database_url": str(setting("LMS_DATABASE_URL", f"sqlite:///{instance / 'lms.sqlite3'}")),
        "key_file": Path(setting("LMS_KEY_FILE", instance / "keys.json")),
        "courses": Path(setting("LMS_COURSES", _courses())),
        "allow_http": str(setting("LMS_ALLOW_HTTP", "")) == "1",
        "clock": setting("LMS_CLOCK", None),
        "proxies": _count(setting("LMS_PROXIES", "0")),
    }
    values.update({name: value for name, value in overrides.items() if value is not None and name != "instance"})
    values["database_url"] = _with_driver(values["database_url"])
    split = urlsplit(values["base_url"])
    hosts = {split.netloc}
    if values["env"] != "production":
        port = split.netloc.rpartition("@")[2].partition(":")[2]
        hosts |= {f"{name}:{port}" if port else name for name in ("127.0.0.1", "localhost")}
    values.setdefault("hosts", frozenset(hosts))
    return Config(**values)


def _written(file: Path) -> dict[str, Any]:
    """Run the settings file of the instance. It is plain Python, so anything may be wrong with it."""
    try:
        return runpy.run_path(str(file))
    except Exception as problem:
        raise ConfigProblem(f"{file} cannot be read: {type(problem).__name__}: {problem}.") from problem


def _count(written: Any) -> int:
    """Return a whole number, or -1 for anything else; `problems` then says what was expected."""
    text = str(written).strip()
    return int(text) if text.isascii() and text.isdigit() else -1


def _with_driver(url: str) -> str:
    """Name the PostgreSQL driver this project brings, so that the usual address works as it is."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _courses() -> Path:
    """Return the programmes: those beside a checkout, or those installed with the package."""
    beside = ROOT.parent / "courses"
    return beside if beside.is_dir() else ROOT / "bundled" / "courses"
