"""Reads the table of sub-districts off the scorecard as a reader would."""

from __future__ import annotations

import re


def shown_on_page(page: str) -> dict[str, list[str]]:
    """Return the words of every cell by the name of its row, without the shares beside them."""
    table = page.split("<table", 1)[1].split("</table>", 1)[0]
    found = {}
    for row in re.findall(r"<tr>(<th scope=\"row\">.*?)</tr>", table, re.DOTALL):
        name = re.sub(r"<svg.*?</svg>|<[^>]+>", "", row.split("</th>")[0], flags=re.DOTALL).strip()
        cells = [cell.split("<br>")[0] for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)]
        found[name] = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
    return found
