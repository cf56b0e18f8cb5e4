"""One site and one Chromium for all journeys; every journey gets a browser context of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browser.site import Account, Site
from playwright.sync_api import Browser, Page, sync_playwright

PHONE, DESK = (360, 740), (1280, 800)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, driven by playwright."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, served by a real server."""
    made = Site(tmp_path_factory.mktemp("site"))
    yield made
    made.stop()


@pytest.fixture
def open_page(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Open a page in a fresh context; anything the browser complains about in its console fails the test."""
    complaints: list[str] = []
    contexts = []

    def build(size: tuple[int, int] = PHONE, *, dark: bool = False, js: bool = True, locale: str = "id-ID") -> Page:
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light",
            java_script_enabled=js, locale=locale, base_url=site.url, has_touch=size == PHONE,
        )
        context.set_default_timeout(15000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        page.on("console", lambda line: "Content Security Policy" in line.text and complaints.append(line.text))
        return page

    yield build
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def sign_in(site: Site) -> Callable[[Page, Account], Page]:
    """Sign in as somebody through the form."""

    def enter(page: Page, account: Account, **_kwargs: Any) -> Page:
        page.goto("/masuk")
        page.fill("#identifier", account.code)
        page.fill("#secret", account.secret)
        page.click("main button[type=submit]")
        page.wait_for_url(lambda url: "/masuk" not in url)
        return page

    return enter
