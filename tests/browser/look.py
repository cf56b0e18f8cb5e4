"""Looking at one page as it stands: on a phone and on a desk, light and dark, on the narrowest screen, by touch.

What is found is noted, not raised, so that a walk goes on and tells everything at its end. `PICTURES=/some/folder`
keeps a picture of everything that was looked at, for people's eyes.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_FILE_PATH
from browser.conftest import DESK, PHONE
from browser.site import Account, Site
from playwright.sync_api import Page, Response

NARROWEST = 320
PICTURES = os.environ.get("PICTURES")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
EVERYTHING: dict[str, Any] = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
#: Dark changes colours and nothing else.
COLOURS: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
AXE = AXE_FILE_PATH.read_text(encoding="utf-8")
RUN_AXE = """options => axe.run(document, options).then(result => result.violations.flatMap(rule =>
  rule.nodes.slice(0, 3).map(node => `${rule.id} (${rule.help}): ${node.html.slice(0, 160)}`)))"""
#: Controls that stand alone and are smaller than a thumb. A link within a sentence may be as small as its words, a box
#: is as large as its label, and a title in a list is as large as its row.
TOO_SMALL = """() => {
  const least = 43.5, found = [];
  const inline = node => node.nodeType === 3 || getComputedStyle(node).display === 'inline';
  function inSentence(link) {
    let here = link;
    while (inline(here.parentElement)) { here = here.parentElement; }
    for (const way of ['previousSibling', 'nextSibling']) {
      for (let one = here[way]; one && inline(one); one = one[way]) { if (one.textContent.trim()) { return true; } }
    }
    return false;
  }
  for (const part of document.querySelectorAll('a[href],button,input,select,textarea,summary')) {
    let box = part.getBoundingClientRect();
    if (part.type === 'hidden' || part.matches('.skip') || !box.width || !part.checkVisibility()) { continue; }
    const label = part.matches('[type=checkbox],[type=radio]') && part.labels[0];
    if (label) { box = label.getBoundingClientRect(); }
    if (part.matches('.list .title')) { box = part.closest('li').getBoundingClientRect(); }
    if (part.matches('a') && getComputedStyle(part).display === 'inline' && inSentence(part)) { continue; }
    if (box.height < least || box.width < least) {
      found.push(`${Math.round(box.width)}x${Math.round(box.height)} ${part.outerHTML.slice(0, 120)}`);
    }
  }
  return found;
}"""
#: Names of the menu that touch each other or leave the screen.
CROWDED = """() => {
  const found = [], least = 1;
  let before = 0;
  for (const name of document.querySelectorAll('.nav a span')) {
    const words = document.createRange();
    words.selectNodeContents(name);
    const box = words.getBoundingClientRect();
    if (box.width && (box.left < before || box.right > innerWidth)) { found.push(name.textContent); }
    before = box.right + least;
  }
  return found;
}"""


class Walk:
    """Somebody walking through the site. `saw` are the templates that were looked at, `problems` what was wrong."""

    def __init__(self, name: str, site: Site, page: Page) -> None:
        self.name, self.site, self.page = name, site, page
        self.saw: set[str] = set()
        self.problems: list[str] = []
        self._template, self._status, self._count = "", 200, 0
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if response.request.is_navigation_request() and "x-template" in response.headers:
            self._template, self._status = response.headers["x-template"], response.status

    def sign_in(self, account: Account | dict[str, str]) -> None:
        """Become somebody else."""
        login = account.code if isinstance(account, Account) else account["login"]
        secret = account.secret if isinstance(account, Account) else account["secret"]
        self.page.context.clear_cookies()
        self.page.goto("/masuk?bahasa=id")
        self.page.fill("#identifier", login)
        self.page.fill("#secret", secret)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "/masuk" not in url)

    def go(self, address: str, name: str = "", *, fails: bool = False) -> None:
        """Open an address and look at it; only one that `fails` may be a failure of the server."""
        self.page.goto(address)
        self.look(name or address, fails=fails)

    def press(self, selector: str, name: str = "") -> None:
        """Click something that leads to a page, and look at that if it is named."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        if name:
            self.look(name)

    def link(self, selector: str) -> str:
        """Where the first link of that kind leads."""
        return self.page.locator(selector).first.evaluate("link => link.pathname + link.search")

    def look(self, name: str, *, fails: bool = False) -> None:
        """Look at the page that is open, in every light and size."""
        page = self.page
        page.wait_for_load_state()
        self.saw.add(self._template)
        self._check(name, "status", [str(self._status)] if self._status >= 500 and not fails else [])
        self._count += 1
        for number, size in enumerate((PHONE, DESK)):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            page.emulate_media(color_scheme="light")
            if not number:
                page.evaluate(AXE)
                self._check(name, "h1", self._headings())
                self._check(name, "too small", page.evaluate(TOO_SMALL))
            self._check(name, f"{size[0]} wide", self._overflow(size[0]))
            self._check(name, f"axe {size[0]}", page.evaluate(RUN_AXE, EVERYTHING))
            self._picture(name, f"{size[0]}-terang")
            page.emulate_media(color_scheme="dark")
            self._check(name, f"axe {size[0]} dark", page.evaluate(RUN_AXE, COLOURS))
            self._picture(name, f"{size[0]}-gelap")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": NARROWEST, "height": PHONE[1]})
        self._check(name, f"{NARROWEST} wide", self._overflow(NARROWEST))
        self._check(name, f"{NARROWEST} menu", page.evaluate(CROWDED))
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})

    def _headings(self) -> list[str]:
        titles = self.page.locator("h1").all_inner_texts()
        return [] if len(titles) == 1 and self.page.title().strip() else [str(titles)]

    def _overflow(self, width: int) -> list[str]:
        found = self.page.evaluate("document.documentElement.scrollWidth")
        return [f"{found} px"] if found > width else []

    def _check(self, name: str, what: str, found: list[str]) -> None:
        self.problems += [f"{self.name} · {name} [{self._template}] {what}: {one}" for one in found]

    def _picture(self, name: str, suffix: str) -> None:
        if PICTURES:
            plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:50]
            file = Path(PICTURES) / f"{self.name}-{self._count:02}-{plain}-{suffix}.png"
            self.page.screenshot(path=file, full_page=True)
