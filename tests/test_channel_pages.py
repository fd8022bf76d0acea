"""What README and ``docs/channels`` say of each channel is what the code reads."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from appeals.demo.by_channel import CHANNELS
from config.paths import BASE_DIR

PAGES = sorted((BASE_DIR / "docs/channels").glob("*.md"))
README = (BASE_DIR / "README.md").read_text("utf-8")
TABLE = README.split("## Channels")[1].split("## Where things live")[0]
READ = frozenset(
    name.removesuffix("_FILE")
    for path in (BASE_DIR / "config").rglob("*.py")
    for name in re.findall(r'"([A-Z][A-Z0-9_]{3,})"', path.read_text("utf-8"))
)
"""Every name that the settings ask the environment for, and a few others."""

SETTING = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`")
LINE = re.compile(r"(?:^|\s)([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)=")
NO_SETTINGS = frozenset({"HUMAN_AGENT"})
"""What providers write in capitals."""


def named(text: str) -> set[str]:
    found = {*SETTING.findall(text), *LINE.findall(text)}
    return {name.removesuffix("_FILE") for name in found} - NO_SETTINGS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_settings_that_a_page_names_are_read(page: Path) -> None:
    assert named(page.read_text("utf-8")) - READ == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_addresses_and_commands_that_a_page_names_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    for path in re.findall(r"SITE_URL(/[\w./-]*[\w/])", text):
        resolve(path)
    commands = set(re.findall(r"manage\.py (\w+)", text))
    assert commands - get_commands().keys() == set()


def test_readme_has_a_row_with_settings_for_each_channel() -> None:
    rows = [row for row in TABLE.splitlines() if row.startswith("| ")][1:]
    pages = [re.findall(r"\(docs/channels/(\w+)\.md\)", row) for row in rows]

    assert {name for found in pages for name in found} == {"email", *CHANNELS}
    assert {page.stem for page in PAGES} == {"email", *CHANNELS}
    assert named(TABLE) - READ == set()
    for row, (stem,) in zip(rows, pages, strict=True):
        page = (BASE_DIR / f"docs/channels/{stem}.md").read_text("utf-8")
        assert named(row) - named(page) == set(), stem


def test_address_that_is_none_is_noticed() -> None:
    with pytest.raises(Resolver404):
        resolve("/hooks/fax/")
