"""What may stand in rendered text: elements, attributes, addresses, and the sanitiser."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import bleach

from lms.lib.markup.limits import MAX_HTML, MarkupRefused

_TAG_NAMES = """
p br hr h2 h3 h4 ul ol li dl dt dd strong em del sub sup blockquote code pre
table thead tbody tr th td a img figure figcaption
"""
TAGS = frozenset(_TAG_NAMES.split())
PROTOCOLS = frozenset({"http", "https", "mailto"})
OUTSIDE_REL = "noopener noreferrer"
_ALIGN = frozenset({"left", "center", "right"})
_UNSAFE_IN_ADDRESS = re.compile(
    r"[\x00-\x20\x7f-\xa0\\\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_DIGITS = re.compile(r"[1-9][0-9]{0,4}")


def sanitise(source: str, images: frozenset[str]) -> str:
    """The last step for every rendered text. An `img` keeps its source only when it is one of `images`.

    Anything outside the allow-list is written out as text and not dropped, so that an author sees it.
    """
    if len(source) > MAX_HTML:
        raise MarkupRefused("E_MD_SIZE", 1)

    def allowed(tag: str, name: str, value: str) -> bool:
        match tag, name:
            case "a", "href":
                return address(decode(value)) == decode(value)
            case "a", "title":
                return True
            case "a", "rel":
                return value == OUTSIDE_REL
            case "img", "src":
                return decode(value) in images
            case "img", "alt":
                return True
            case "img", "loading":
                return value == "lazy"
            case "img", ("width" | "height"):
                return bool(_DIGITS.fullmatch(value))
            case (("th" | "td"), ("colspan" | "rowspan")):
                return bool(_DIGITS.fullmatch(value))
            case (("th" | "td"), "align"):
                return value in _ALIGN
        return False

    cleaner = bleach.Cleaner(
        tags=TAGS, attributes=allowed, protocols=PROTOCOLS, strip=False, strip_comments=True
    )
    return cleaner.clean(source)


def decode(text: str) -> str:
    """Entities become what they stand for, but only whole ones: in "?x=1&region=52" there is no registered
    sign.
    """
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def address(written: str) -> str | None:
    """The address of a link as a browser will read it, or None when it is none that may be followed.

    Allowed are http and https with a host, mailto, and paths of this site that begin with one slash. Entities
    are undone until nothing changes, because a second decoding by the browser must not find another address.
    """
    for _ in range(5):
        plain = decode(written)
        if plain == written:
            break
        written = plain
    else:
        return None
    written = written.strip()
    if not written or _UNSAFE_IN_ADDRESS.search(written):
        return None
    if written.startswith("/"):
        return None if written.startswith("//") else written
    try:
        parts = urlsplit(written)
        host = parts.hostname
    except ValueError:
        return None
    # A colon behind a slash is no scheme, but a bare word is a path too and would depend on the page it is
    # on.
    if parts.scheme == "mailto":
        return written if "@" in parts.path and not parts.netloc else None
    if parts.scheme in ("http", "https") and host and written[len(parts.scheme) :].startswith("://"):
        return written
    return None


def is_outside(href: str) -> bool:
    """True for an allowed address that leads to a host, which may or may not be ours."""
    return "://" in href[:8]
