"""Public pages set no cookie; the sign-in form alone marks the browser, so that no other site can sign somebody in."""

import pytest

from lms.core.web.actions import PUBLIC

#: The form that signs in, and the switch of language, which is a wish that the browser keeps.
WITH_COOKIE = {"accounts.sign_in", "accounts.choose_language"}
VALUES = {"code": "en", "sha256": "0" * 64, "name": "none.css", "filename": "none.css"}


def public_pages(app):
    """(endpoint, address) of everything that somebody who is not signed in may open."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and app.view_functions[rule.endpoint].capability == PUBLIC:
                built = rule.build({name: VALUES.get(name, "0" * 64) for name in rule.arguments})
                found.append((rule.endpoint, built[1]))
    return found


def test_no_public_page_but_the_sign_in_form_sets_a_cookie(app, story):
    story.provider()
    pages = public_pages(app)
    assert {endpoint for endpoint, _address in pages} >= {"accounts.start", "accounts.forgotten", "health.state"}
    setting = {
        endpoint for endpoint, address in pages if "Set-Cookie" in app.test_client().get(address).headers
    }

    assert setting == WITH_COOKIE


@pytest.mark.parametrize("address", ["/tidak-ada", "/akun", "/kelola", "/pelajaran/tidak-ada"])
def test_a_page_that_is_missing_or_asks_to_sign_in_sets_none(app, address):
    assert "Set-Cookie" not in app.test_client().get(address).headers


@pytest.mark.parametrize("address", ["/masuk", "/akun/pin", "/lupa-pin", "/tidak-ada"])
def test_a_form_from_elsewhere_is_refused_without_marking_the_browser(app, address):
    reply = app.test_client().post(address, data={"identifier": "x", "secret": "y", "_csrf": "planted"})

    assert reply.status_code in (303, 400, 404, 405)
    assert "Set-Cookie" not in reply.headers


def test_the_mark_is_closed_to_scripts_ends_with_the_browser_and_comes_once(app):
    client = app.test_client()
    line = client.get("/masuk").headers["Set-Cookie"]

    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(line.split("; "))
    assert "Max-Age" not in line
    assert "Set-Cookie" not in client.get("/masuk").headers
