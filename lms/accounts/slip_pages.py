"""Answering a form with printed secrets. The page is the answer itself: there is no address to come back to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import Response, current_app, g

from lms.accounts.services import slips
from lms.config import Config
from lms.core import operations
from lms.core.errors import NotFound
from lms.core.permissions import Actor
from lms.core.web import failures
from lms.core.web.actions import operation_request
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.web.qr import qr_code
from lms.core.words_lazy import lazy as _

failures.says(
    slips.StaffSecret,
    _("Orang ini juga petugas, jadi kartu akunnya hanya dibuat oleh admin sistem. Belum ada yang diubah."),
)
failures.says(slips.TooMany, _("Paling banyak %(most)s kartu sekali cetak; yang dipilih %(n)s. Belum ada yang diubah."))


def answer_with_slips(
    kind: str,
    people: Callable[[Actor], Sequence[int]],
    *,
    back: str,
    again: str,
    details: Callable[[Sequence[int]], dict[int, str]] = lambda _ids: {},
) -> Response:
    """Make new secrets for the people that `people` finds, and answer with the page to print.

    `people` is asked twice: before hashing and again inside the transaction, so nobody who has left the scope meanwhile
    gets a slip. The same operation a second time makes nothing: it answers that the slip was made, because a secret
    that was stored for showing it again would not be one. `again` is the page that offers a new one.
    """
    request, by = operation_request(kind), actor()
    made: list[slips.Slip] = []
    if operations.seen(request, by=by) is None:
        drawn = slips.draw(people(by), by=by)

        def effect(within: Actor) -> int:
            allowed = set(people(within))
            made.extend(slip for slip in drawn if slip.person_id in allowed)
            return slips.store(made, by=within)

        operations.carry_out(request, effect, by=by, reply=lambda count: {"slips": count})
    g.performed = True
    if not made:
        return page("accounts/slips_made.html", again=again, back=back)
    config: Config = current_app.extensions["lms.config"]
    address = f"{config.base_url}/masuk"
    return page(
        "accounts/slips.html", slips=made, details=details([slip.person_id for slip in made]), back=back,
        address=address.partition("//")[2], code=qr_code(address, address),
    )


def uuids_of(texts: Sequence[str]) -> list[UUID]:
    """Read the uuids sent with a form. Raises `NotFound` for anything else: a bulk call is never half understood."""
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise NotFound from None
