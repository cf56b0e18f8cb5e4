"""The page that holds what was typed when it could not be taken: a new token, a new operation id, one button.

Long texts stand in boxes of their own and can be changed; what was chosen or is one word travels along hidden, because
a page that knows nothing of the form has no labels for it. The page says so, and leads back to where the form stood.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Response, request

from lms.core.web.pages import page
from lms.core.web.security import is_own_path

#: From this length on a value is surely something that was typed, not an option's id or a date.
LONG = 40

Fields = Sequence[tuple[str, str]]


def hand_back(
    fields: Fields, reason: str, *, status: int = 200, action: str | None = None, title: str = "", text: str = "",
    withheld: bool = False,
) -> Response:
    """Answer with what was typed, ready to be sent again.

    `reason` is 'stale', 'changed', 'refused' or 'busy'; `action` is where the form goes when that is not the address
    of this request. `title` and `text` say why where the reason alone does not. A form that is `withheld` asked for a
    secret: it cannot be sent again from here, and the page leads back to it.
    """
    texts = [(name, value) for name, value in fields if _is_text(value)]
    chosen = [(name, value) for name, value in fields if not _is_text(value)]
    return page(
        "failures/resend.html", status=status, texts=texts, chosen=chosen, reason=reason, action=action,
        came_from=_came_from(), title=title, text=text, withheld=withheld,
    )


def _is_text(value: str) -> bool:
    return len(value) > LONG or "\n" in value or " " in value


def _came_from() -> str | None:
    """Return the page of ours on which the form stood, when the browser tells."""
    origin = urlsplit(request.referrer or "")
    path = origin.path + (f"?{origin.query}" if origin.query else "")
    return path if origin.netloc == request.host and is_own_path(path) else None
