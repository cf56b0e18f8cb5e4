"""Indonesian unless the browser or the visitor says English; the language of one request never leaks into another."""

import pytest

from lms.core import i18n


@pytest.mark.parametrize(("accept", "language"), [
    ("", "id"),
    ("id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7", "id"),
    ("en-US,en;q=0.5", "en"),
    ("en-GB", "en"),
    ("EN", "en"),
    ("fr-FR,fr;q=0.9", "id"),
    ("fr,en;q=0.8,id;q=0.3", "en"),
    ("en;q=0.3,id;q=0.8", "id"),
    ("en; q=0.3, id; q=0.8", "id"),
    ("fr, en; q=0.8", "en"),
    ("en;q=0", "id"),
    ("en;q=x,id;q=0.1", "id"),
    ("*", "id"),
    (",,;q=,", "id"),
    ("jv,id;q=0.2", "id"),
])
def test_the_first_of_our_languages_that_the_browser_prefers(accept, language):
    assert i18n.best_language(accept) == language


def test_a_huge_header_costs_nothing():
    assert i18n.best_language("en;q=0.1," * 100_000) == "en"


def test_an_unknown_language_becomes_indonesian():
    with i18n.in_language("en"):
        i18n.set_language("xx")
        assert i18n.language() == "id"


def test_another_language_for_a_while_ends_even_after_an_error():
    with pytest.raises(ZeroDivisionError), i18n.in_language("en"):
        raise ZeroDivisionError
    assert i18n.language() == "id"


def test_named_places_are_filled_and_percent_signs_in_values_stay():
    assert i18n.gettext("Nilai %(n)s", n="100 %(x)s") == "Nilai 100 %(x)s"


def test_a_browser_in_english_starts_in_english_and_one_without_in_indonesian(app):
    client = app.test_client()

    assert '<html lang="en"' in client.get("/masuk", headers={"Accept-Language": "en-US,en;q=0.5"}).text
    assert '<html lang="id"' in client.get("/masuk", headers={"Accept-Language": "de"}).text
    assert '<html lang="id"' in client.get("/masuk").text


def test_the_choice_is_kept_on_the_device_and_wins_over_the_browser(app):
    client = app.test_client()
    reply = client.get("/bahasa/en?lanjut=/lupa-pin")

    assert reply.location == "/lupa-pin"
    assert '<html lang="en"' in client.get("/lupa-pin", headers={"Accept-Language": "id"}).text
    client.get("/bahasa/id")
    assert '<html lang="id"' in client.get("/lupa-pin", headers={"Accept-Language": "en"}).text


def test_an_unknown_language_in_the_address_sets_nothing(app):
    reply = app.test_client().get("/bahasa/xx")

    assert reply.status_code == 303
    assert "Set-Cookie" not in reply.headers


def test_a_refused_host_does_not_speak_the_language_of_the_visitor_before(app):
    client = app.test_client()
    client.get("/masuk", headers={"Accept-Language": "en"})

    assert '<html lang="id"' in client.get("/masuk", headers={"Host": "lain.example"}).text
