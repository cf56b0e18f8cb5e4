"""The key file and what it protects: identifiers at rest, look-up of identifiers, tokens of forms.

The file lies outside the database (`$INSTANCE/keys.json`, mode 0600). It holds one secret for signing, one for
look-up, and any number of encryption keys of which one is current; older ones stay readable, so keys can be rotated.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted value as it stands in the database: `key id : nonce : ciphertext`."""

    text: str

    def __repr__(self) -> str:
        return "Sealed(…)"


class CannotOpen(Exception):
    """The value was sealed for another row or with a key this machine does not have."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one installation. Never printed, never logged."""

    signing: bytes
    lookup: bytes
    encryption: dict[str, bytes]
    current: str

    def __repr__(self) -> str:
        return "Keys(…)"

    def seal(self, plain: str, *, row: str) -> Sealed:
        """Encrypt a value for one row; `row` is table and uuid, so a value copied to another row cannot be opened."""
        nonce = secrets.token_bytes(12)
        body = AESGCM(self.encryption[self.current]).encrypt(nonce, plain.encode(), row.encode())
        return Sealed(":".join((self.current, _b64(nonce), _b64(body))))

    def open(self, sealed: Sealed, *, row: str) -> str:
        """Decrypt a value that was sealed for this row. Raises `CannotOpen`."""
        key_id, nonce, body = sealed.text.split(":")
        try:
            plain = AESGCM(self.encryption[key_id]).decrypt(_unb64(nonce), _unb64(body), row.encode())
        except (KeyError, InvalidTag) as error:
            raise CannotOpen from error
        return plain.decode()

    def lookup_hash(self, kind: str, value: str) -> str:
        """Return the value by which an identifier is found again without being readable."""
        return hmac.new(self.lookup, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()

    def sign(self, purpose: str, *parts: str) -> str:
        """Return a MAC over the parts, bound to a purpose: 43 URL-safe signs."""
        message = "\0".join((purpose, *parts)).encode()
        return _b64(hmac.new(self.signing, message, hashlib.sha256).digest())

    def verify(self, mac: str, purpose: str, *parts: str) -> bool:
        """Tell whether a MAC made by `sign` fits, in constant time."""
        return hmac.compare_digest(mac.encode(), self.sign(purpose, *parts).encode())


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def create_key_file(path: Path, *, purpose: str = "production") -> None:
    """Write a new key file, readable by its owner only. An existing file is never replaced.

    One that a first look made by itself (`purpose="demo"`) says so; production refuses it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "purpose": purpose,
        "signing": secrets.token_hex(32),
        "lookup": secrets.token_hex(32),
        "encryption": {"k1": secrets.token_hex(32)},
        "current": "k1",
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)


def read_key_file(path: Path) -> Keys:
    """Read a key file made by `create_key_file`. Raises ValueError with a sentence for any other file."""
    try:
        content = json.loads(path.read_text())
        return Keys(
            signing=bytes.fromhex(content["signing"]),
            lookup=bytes.fromhex(content["lookup"]),
            encryption={name: bytes.fromhex(value) for name, value in content["encryption"].items()},
            current=content["current"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"The key file {path} cannot be read as one; put your copy of it there.") from problem


def key_file_problem(path: Path) -> str | None:
    """Return what keeps a key file from serving in production, as a sentence that says what to do."""
    again = "make a new one with `lms keys create` before the first start, and keep a copy apart."
    try:
        content = json.loads(path.read_text())
        read_key_file(path)
        weak = _weak_keys(content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return f"The key file {path} cannot be read as one; restore your copy of it, or {again}"
    if content.get("purpose") == "demo":
        return f"The key file {path} was made by a demo start; {again}"
    if weak:
        return f"The key file {path} holds a key that is too short or can be guessed; {again}"
    return None


def _weak_keys(content: dict[str, object]) -> bool:
    encryption = content["encryption"]
    assert isinstance(encryption, dict)
    values = [bytes.fromhex(str(item)) for item in (content["signing"], content["lookup"], *encryption.values())]
    # Keys of random bytes have many different ones and differ from each other.
    return any(len(item) < 32 or len(set(item)) < 12 for item in values) or len(set(values)) < len(values)


_installed: list[Keys] = []


def install(keys: Keys) -> None:
    """Make these the keys of this process; called once by `create_app`."""
    _installed[:] = [keys]


def keys() -> Keys:
    """Return the keys of this process."""
    return _installed[0]
