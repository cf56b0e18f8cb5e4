"""A browser without a script, for tests of the learner's pages."""

from __future__ import annotations

import html
import re
from typing import Any

from lms.testing_stories import Story


class Browser:
    """A browser without a script: opens pages, fills what stands in their forms, follows redirects by hand."""

    def __init__(self, app: Any, story: Story, who: Any) -> None:
        self.client = app.test_client()
        story.sign_in(self.client, who)

    def get(self, address: str) -> Any:
        return self.client.get(address, headers={"Accept-Language": "id"})

    def send(self, page: Any, action: str, **typed: Any) -> Any:
        """Send the form of a page whose address ends in `action`."""
        address, fields = self.filled(page, action, **typed)
        return self.client.post(address, data=fields, headers={"Accept-Language": "id"})

    def filled(self, page: Any, action: str, **typed: Any) -> Any:
        for form in re.findall(r"<form .*?</form>", page.text, re.DOTALL):
            found = re.search(r'<form[^>]* action="([^"]*)"', form)
            address = found[1] if found else page.request.path
            if address.endswith(action):
                fields: dict[str, Any] = {
                    name: html.unescape(value)
                    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
                    if name != "slot"
                }
                fields["slot"] = re.findall(r'name="slot" value="(\d+)"', form)
                return address, fields | typed
        raise LookupError(action)
