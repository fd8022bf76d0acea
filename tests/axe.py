"""What axe finds on a page (WCAG 2.2 AA), asked for no more than we read."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

OPTIONS = {"resultTypes": ["violations"], "reporter": "v1", "elementRef": False}
AXE = Axe()


def violations(page: Page) -> list[tuple[str, str]]:
    """Each finding: the rule, and the first element that breaks it."""
    found: list[dict[str, Any]] = AXE.run(page, options=OPTIONS).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]
