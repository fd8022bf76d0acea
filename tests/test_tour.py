"""The tour in ``docs/`` shows the pictures that the suite draws, and no others."""

import re

from config.paths import BASE_DIR
from tests.screenshots.test_tour import FOLDER, TOUR


def test_every_picture_is_shown_and_is_there() -> None:
    text = (BASE_DIR / "docs" / "tour.md").read_text("utf-8")
    shown = re.findall(r"!\[[^]]+\]\(images/tour/([a-z]+)\.png\)", text)

    assert sorted(shown) == sorted(TOUR)
    assert {path.stem for path in FOLDER.glob("*.png")} == set(TOUR)
