"""The walls around every page: form tokens, known hosts, headers, redirects, failures without a trace."""

import re
import uuid

import pytest
from contracts.test_route_matrix import Walker, address, checksum, routes, values
from reading_pages import read
from two_regions import build

from lms.core.web.actions import PUBLIC, allow
from lms.core.web.security import is_own_path


def signed_in(app, story, who=None):
    client = app.test_client()
    token = story.sign_in(client, who or story.teacher())
    return client, token


# CSRF: every unsafe route


def every_unsafe_route(app):
    return [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]


@pytest.mark.parametrize("kind", ["none", "empty", "foreign", "old", "other site", "other origin", "get"])
def test_ABUSE_A48_no_unsafe_route_works_without_its_token(app, world, kind):
    walker = Walker(app, world, "admin")
    foreign = world.story.sign_in(app.test_client(), world.people["teacher"])
    old = world.story.sign_in(app.test_client(), world.people["admin"])
    before, headers = checksum(), {}
    token = {"none": None, "empty": "", "foreign": foreign, "old": old}.get(kind, walker.token)
    if kind == "other site":
        headers["Sec-Fetch-Site"] = "cross-site"
    if kind == "other origin":
        headers["Origin"] = "https://evil.example"
    for rule in every_unsafe_route(app):
        url = address(app, rule, values(rule, world.own))
        body = {"_op": str(uuid.uuid4()), "identifier": "x", "secret": "y"}
        body |= {} if token is None else {"_csrf": token}
        if kind == "get":
            reply = walker.client.get(url, query_string=body)
            assert reply.status_code in (200, 302, 303, 403, 404, 405), rule.rule
            continue
        reply = walker.client.post(url, data=body, headers=headers)
        assert reply.status_code == 400, f"{rule.rule}: {reply.status_code}"
        script = walker.client.post(url, data=body, headers={**headers, "X-Requested-With": "sanggar"})
        assert (script.status_code, script.json["code"]) == (403, "csrf"), rule.rule

    assert checksum() == before


@pytest.mark.parametrize("override", [
    {"X-HTTP-Method-Override": "POST"}, {"X-HTTP-Method": "DELETE"}, {"X-Method-Override": "POST"},
])
def test_ABUSE_A48_a_get_cannot_pretend_to_be_a_post(app, world, override):
    walker, before = Walker(app, world, "admin"), checksum()
    for rule in every_unsafe_route(app):
        url = address(app, rule, values(rule, world.own))
        walker.client.get(url, headers=override, query_string={"_method": "POST", "_csrf": walker.token})

    assert checksum() == before


def test_ABUSE_A48_json_and_plain_text_bodies_carry_no_token(app, world):
    walker, before = Walker(app, world, "admin"), checksum()
    for rule in every_unsafe_route(app):
        url = address(app, rule, values(rule, world.own))
        for kind in ("text/plain", "application/json"):
            reply = walker.client.post(url, data=f'{{"_csrf": "{walker.token}"}}', content_type=kind)
            assert reply.status_code == 400, rule.rule

    assert checksum() == before


def test_ABUSE_A48_nobody_is_signed_in_or_out_from_another_site(app, story):
    who = story.teacher()
    victim = app.test_client()
    stranger = read(app.test_client().get("/masuk")).form_to("/masuk")

    planted = victim.post("/masuk", data=stranger.filled(identifier=who.code, secret=who.secret))

    assert planted.status_code == 400
    assert victim.get_cookie("sid") is None
    client, _ = signed_in(app, story, who)
    client.get("/keluar")
    client.get("/keluar?_method=POST")
    assert client.get("/akun").status_code == 200


def test_a_stale_token_hands_the_form_back_filled_and_nothing_is_lost(app, story):
    client, _ = signed_in(app, story, story.staff("facilitator", "region", "52", person=story.teacher()))
    form = next(form for form in read(client.get("/akun")).forms if "role" in dict(form.fields))

    stale = client.post(form.action, data=form.filled(_csrf="lama"))

    assert stale.status_code == 400
    again = read(stale).form_to(form.action)
    assert dict(again.fields)["role"] == dict(form.fields)["role"]
    assert client.post(again.action, data=again.filled()).status_code == 303


def test_the_token_is_constant_for_a_session_and_differs_between_sessions(app, story):
    who = story.teacher()
    client, _ = signed_in(app, story, who)
    other, _ = signed_in(app, story, who)

    def token(browser):
        return dict(read(browser.get("/akun/pin")).form_to("/akun/pin").fields)["_csrf"]

    assert token(client) == token(client)
    assert token(client) != token(other)


# Redirects

EVIL = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "/\t/evil.example", "/%09//evil\t",
    "https:evil.example", "https://evil.example", "http:///evil.example", "javascript:alert(1)", "data:text/html,x",
    "evil.example", "@evil.example", "https://localhost@evil.example", "/\n//evil.example", " /evil", "",
    "/\r\nSet-Cookie: x=y", "https://localhost.evil.example", "//localhost\\@evil.example", "////", "/" + "a" * 501,
    "ftp://x", "/\x7fevil", "\u3000//evil", "?lanjut=//evil", "#//evil", "//", "/\\/evil", "http:/evil.example",
]
TRICKY_BUT_OURS = [
    "/%2f%2fevil.example", "/%5cevil.example", "/%09//evil.example", "/。。/evil", "/．．／evil", "/@evil.example",
    "/akun?x=https://evil.example", "/akun#//evil", "/;//evil.example", "/.//evil.example", "/akun/../..//evil.example",
]


@pytest.mark.parametrize("target", EVIL)
def test_ABUSE_A49_a_target_on_another_site_is_not_followed(app, story, target):
    who = story.teacher()
    client = app.test_client()
    assert client.get("/bahasa/en", query_string={"lanjut": target}).location == "/"
    form = read(client.get("/masuk", query_string={"lanjut": target})).form_to("/masuk")
    assert "lanjut" not in dict(form.fields)
    sent = form.filled(identifier=who.code, secret=who.secret, lanjut=target)

    assert client.post("/masuk", data=sent).location == "/"
    assert not is_own_path(target)


def test_ABUSE_A49_a_target_with_a_zero_byte_is_refused_or_not_followed(app, story):
    who, client = story.teacher(), app.test_client()
    assert client.get("/bahasa/en", query_string={"lanjut": "\x00/evil"}).status_code == 400
    form = read(client.get("/masuk")).form_to("/masuk")
    sent = form.filled(identifier=who.code, secret=who.secret, lanjut="\x00/evil")
    assert client.post("/masuk", data=sent).location == "/"


@pytest.mark.parametrize("target", TRICKY_BUT_OURS)
def test_ABUSE_A49_a_target_that_is_followed_stays_on_our_host(app, target):
    from urllib.parse import urljoin, urlsplit

    location = app.test_client().get("/bahasa/en", query_string={"lanjut": target}).location

    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert urlsplit(urljoin("http://localhost/", location)).netloc == "localhost"


@pytest.mark.parametrize("path", ["//evil.example/masuk", "/\\evil.example", "//evil.example", "/%2f/evil.example/..;"])
def test_ABUSE_A49_a_strange_path_leads_and_links_nowhere_else(app, path):
    reply = app.test_client().get(path)

    assert not (reply.location or "").startswith(("//", "http://evil", "https://evil", "/\\"))
    if reply.status_code >= 400:
        hrefs = [values.get("href") or "" for _tag, values in read(reply).tags]
        assert not any(href.startswith(("//", "http", "/\\")) for href in hrefs)


# Hosts


@pytest.mark.parametrize("host", [
    "evil.example", "localhost.evil.example", "evil.example:80", "localhost:81", "", "localhost@evil.example",
    "localhost, evil.example", "127.0.0.2", "[::1]", "evil.example#localhost",
])
@pytest.mark.parametrize("path", ["/masuk", "/lupa-pin", "/", "/healthz", "/static/x.css", "/tidak-ada"])
def test_ABUSE_A50_an_unknown_host_is_refused(app, host, path):
    reply = app.test_client().get(path, headers={"Host": host})

    assert reply.status_code == 400
    assert "evil" not in reply.text


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"])
def test_ABUSE_A50_no_header_changes_our_address(app, story, header):
    client, _ = signed_in(app, story)
    for path in ("/masuk", "/lupa-pin", "/akun"):
        reply = client.get(path, headers={header: "host=evil.example" if header == "Forwarded" else "evil.example"})
        assert reply.status_code == 200
        assert "evil.example" not in reply.text + str(reply.headers)


def test_ABUSE_A50_only_the_configured_host_in_production(make_app, tmp_path):
    from lms.config import load

    config = load({}, instance=tmp_path, env="production", base_url="https://diklat.example.id")
    assert config.hosts == {"diklat.example.id"}


# Headers


def every_reply(app, world):
    """(rule, reply) of every page as the roles see it, of failures, files and the first pages."""
    for role in ("teacher", "instructor", "facilitator", "admin"):
        walker = Walker(app, world, role)
        for rule in routes(app, "GET"):
            yield rule.rule, walker.get(rule, world.own)
    stranger = app.test_client()
    for path in ("/masuk", "/lupa-pin", "/healthz", "/tidak-ada", "/static/none.js", "/bahasa/en"):
        yield path, stranger.get(path)
    yield "host", stranger.get("/masuk", headers={"Host": "evil.example"})
    yield "405", stranger.post("/lupa-pin")
    yield "413", stranger.post("/masuk", data={"identifier": "x" * (3 * 1024 * 1024)})


#: A picture of an author that nobody has published yet runs nothing, in a box of its own.
PICTURE_IN_FILES = "/pratinjau/<program_id>/gambar/<name>"
#: What a learner handed in runs nothing and loads nothing.
FILE_OF_A_WORK = "/berkas/<uuid:upload_uuid>"


def test_ABUSE_A57_every_answer_carries_the_same_walls(app, world):
    seen = set()
    for rule, reply in every_reply(app, world):
        headers = reply.headers
        if rule == PICTURE_IN_FILES and reply.status_code == 200:
            assert headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        elif rule == FILE_OF_A_WORK and reply.status_code == 200:
            assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        else:
            seen.add(headers["Content-Security-Policy"])
        assert headers["X-Content-Type-Options"] == "nosniff", rule
        assert headers["X-Frame-Options"] == "DENY", rule
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", rule
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", rule
        assert headers["Referrer-Policy"] == "same-origin", rule
        assert "Access-Control-Allow-Origin" not in headers, rule
        assert "Server" not in headers, rule
        assert "X-Powered-By" not in headers, rule

    assert len(seen) == 1, "one constant policy"
    [policy] = seen
    assert policy.startswith("default-src 'self';")
    for word in ("unsafe-inline", "unsafe-eval", "data:", "http:", "https:", "*", "nonce-"):
        assert word not in policy
    for rule in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "object-src 'none'"):
        assert rule in policy


def test_ABUSE_A57_another_origin_gets_no_leave_to_read(app, story):
    client, _ = signed_in(app, story)
    for method in ("GET", "OPTIONS"):
        reply = client.open("/akun", method=method, headers={
            "Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
        assert not [name for name, _ in reply.headers if name.startswith("Access-Control")]


def test_ABUSE_A58_no_shared_cache_keeps_a_page_of_a_person(app, world):
    for rule, reply in every_reply(app, world):
        if rule.startswith("/static/") and reply.status_code == 200:
            continue
        caching = reply.headers["Cache-Control"]
        assert caching in ("no-store", "private, no-cache") or reply.mimetype.startswith("image/"), f"{rule}: {caching}"
        if reply.mimetype == "text/html" and reply.status_code == 200:
            assert "Cookie" in reply.headers["Vary"], rule
            assert "Accept-Language" in reply.headers["Vary"], rule


def test_ABUSE_A58_on_a_shared_phone_no_page_stays_behind_for_the_next_person(app, world):
    """Going back shows what the browser keeps; on a phone of one's own that is one's own."""
    seen = {"own": set(), "shared": set()}
    for kind in seen:
        walker = Walker(app, world, "teacher")
        world.story.sign_in(walker.client, world.people["teacher"], kind=kind)
        for rule in routes(app, "GET"):
            reply = walker.get(rule, world.own)
            if reply.status_code == 200:
                seen[kind].add(reply.headers["Cache-Control"])
                assert kind == "own" or "ETag" not in reply.headers, rule.rule

    assert seen == {"own": {"no-store", "private, no-cache"}, "shared": {"no-store"}}


def test_ABUSE_A58_a_cookie_never_travels_with_a_page_that_may_be_kept(app, world):
    for rule, reply in every_reply(app, world):
        if "Set-Cookie" in reply.headers:
            assert reply.headers["Cache-Control"] == "no-store", rule


# Failures


def test_ABUSE_A61_a_failure_shows_a_number_and_no_trace(app, story, lines):
    def broken():
        raise RuntimeError("geheim: /etc/passwd SELECT * FROM person")

    app.add_url_rule("/rusak", "broken", allow(PUBLIC)(broken))
    reply = app.test_client().get("/rusak")

    assert reply.status_code == 500
    number = re.search(r"<b>([0-9a-f]{12})</b>", reply.text)[1]
    for word in ("geheim", "Traceback", "RuntimeError", "/etc", "SELECT", ".py", "werkzeug", "Flask"):
        assert word not in reply.text
    assert "geheim" in "".join(lines)
    assert number


def test_ABUSE_A61_a_failure_for_our_script_is_plain_data_without_a_trace(app):
    def broken():
        raise RuntimeError("geheim")

    app.add_url_rule("/rusak", "broken", allow(PUBLIC)(broken))
    reply = app.test_client().get("/rusak", headers={"X-Requested-With": "sanggar"})

    assert reply.status_code == 500
    assert reply.json == {"ok": False, "code": "500", "text": None}


@pytest.mark.parametrize("path", [
    "/console", "/.git/config", "/.git/HEAD", "/.env", "/metrics", "/debug", "/server-status", "/static/", "/static/..",
    "/static/../app.py", "/static/%2e%2e/app.py", "/static/app.js.map", "/static/app.js~", "/static/app.js", "/admin",
    "/wsgi.py", "/lms.sqlite3", "/instance/keys.json", "/backup.zip", "/index.php", "/phpmyadmin", "/robots.txt.bak",
    "/__debugger__?cmd=resource&f=debugger.js", "/masuk.bak", "/masuk~", "/isi/", "/isi/../keys.json",
])
def test_ABUSE_A61_nothing_of_the_machine_lies_open(app, story, path):
    client, _ = signed_in(app, story)
    for browser in (app.test_client(), client):
        assert browser.get(path).status_code in (403, 404, 405), path


def test_ABUSE_A61_the_debugger_is_never_on(app):
    assert not app.debug
    assert "wsgi" not in str(app.test_client().get("/?__debugger__=yes&cmd=paste").data)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "XYZ"])
def test_a_method_nobody_offers_is_refused_with_a_page(app, story, method):
    client, _ = signed_in(app, story)
    reply = client.open("/akun", method=method)

    assert reply.status_code == 405
    assert "tidak dapat dibuka dengan cara itu" in reply.text


def test_head_is_a_get_without_a_body(app, story):
    client, _ = signed_in(app, story)
    reply = client.head("/akun")

    assert (reply.status_code, reply.data) == (200, b"")


def test_the_world_of_these_tests_has_everybody(app):
    assert set(build().people) >= {"teacher", "admin"}
