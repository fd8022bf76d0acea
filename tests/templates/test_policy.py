"""What every template and sheet keeps to: no inline code, nothing unlisted."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
PARTIALS = sorted(Path(settings.BASE_DIR, "templates/partials").glob("*.html"))
INLINE = re.compile(
    r"\sstyle=|\son[a-z]+=[\"']|javascript:|<style|<script(?![^>]*\ssrc=)"
)
WORDS = re.compile(r"include \"(partials/[\w.]+)\"")


MAILS = {Path(settings.BASE_DIR, "templates/letters/mail.html")}
"""Read by mail programs, which load no sheet; no page of ours ever shows them."""


@pytest.mark.parametrize(
    "template", sorted(set(TEMPLATES) - MAILS), ids=lambda path: path.name
)
def test_template_holds_no_inline_style_or_script(template: Path) -> None:
    assert INLINE.search(template.read_text()) is None


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_template_includes_only_parts_that_exist(template: Path) -> None:
    known = {f"partials/{path.name}" for path in PARTIALS}
    assert set(WORDS.findall(template.read_text())) <= known


def test_every_icon_asked_for_is_in_the_sprite() -> None:
    sprite = finders.find("icons.svg")
    assert isinstance(sprite, str)
    drawn = set(re.findall(r'<symbol id="(\w+)"', Path(sprite).read_text()))
    asked = {
        name
        for path in TEMPLATES
        for name in re.findall(
            r'icon\.html" with name="(\w+)"|icons\.svg\' %}#(\w+)', path.read_text()
        )
        for name in name
        if name
    }
    assert asked <= drawn


SHEETS = sorted(Path(settings.BASE_DIR, "static/css").glob("*.css"))
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?=[ ;,)])|(rgb|hsl|oklch)a?\(")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.stem)
def test_sheet_names_no_colour_of_its_own(sheet: Path) -> None:
    assert (COLOUR.search(sheet.read_text()) is None) is (sheet.stem != "tokens")


def test_every_token_used_is_defined() -> None:
    folder = Path(settings.BASE_DIR, "static/css")
    defined = set(re.findall(r"(--[\w-]+):", (folder / "tokens.css").read_text()))
    for sheet in folder.glob("*.css"):
        text = sheet.read_text()
        own = set(re.findall(r"(--[\w-]+):", text))
        assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= defined | own, sheet.name


def test_customers_are_sent_little_script() -> None:
    """Ours, without that of the chat and the desk: under 500 lines in all."""
    folder, desk = Path(settings.BASE_DIR, "templates"), ("admin/", "compliance/")
    sent = {
        name
        for page in folder.rglob("*.html")
        if not str(page.relative_to(folder)).startswith(desk)
        for name in re.findall(r"js/\w+\.js", page.read_text())
    }
    scripts = [Path(settings.BASE_DIR, "static", name) for name in sent]
    lines = {
        one.name: len(one.read_text().splitlines())
        for one in scripts
        if one.name not in ("chat.js", "desk.js")
    }

    assert {"portal.js", "passkeys.js", "receipt.js"} <= lines.keys()
    assert sum(lines.values()) < 500, lines
