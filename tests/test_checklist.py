"""The customer's checklist names tests that are there."""

import re

import pytest

from config.paths import BASE_DIR

NAMED = re.findall(
    r"`([\w/]+\.py)::(test_\w+)`",
    (BASE_DIR / "docs/checklist.md").read_text(encoding="utf-8"),
)


def test_every_row_names_something() -> None:
    rows = re.findall(r"^\| (U\d+(?:, U\d+)?) \|", _text(), re.MULTILINE)
    numbers = [int(n) for row in rows for n in re.findall(r"\d+", row)]

    assert numbers == list(range(1, 31))
    assert len(NAMED) > 30


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_what_is_named_is_there(path: str, name: str) -> None:
    text = (BASE_DIR / "tests" / path).read_text(encoding="utf-8")

    assert re.search(rf"^def {name}\(", text, re.MULTILINE)


def _text() -> str:
    return (BASE_DIR / "docs/checklist.md").read_text(encoding="utf-8")
