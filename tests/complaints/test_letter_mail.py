"""The sheet of our mails: the tokens' values, light and dark, and nothing to load."""

import re
from pathlib import Path
from typing import Any

import pytest

from complaints import letter_mail, letter_system, letters
from config import prepare
from config.paths import BASE_DIR

TOKENS = (BASE_DIR / "static" / "css" / "tokens.css").read_text(encoding="utf-8")


def test_sheet_loads_nothing_and_names_no_token() -> None:
    sheet = letter_mail.sheet()

    for never in ("var(", "url(", "@import", "@font-face", "<", "--"):
        assert never not in sheet
    assert len(sheet.encode()) < 8_000  # Gmail drops a longer one whole


def test_sheet_is_light_and_in_the_dark_dark() -> None:
    light, dark = letter_mail.sheet().split(letter_mail.DARK)
    inks = re.findall(r"--ink: (#\w+);", TOKENS)
    papers = re.findall(r"--paper: (#\w+);", TOKENS)

    assert f"background: {papers[0]};color" not in dark
    assert f"color: {inks[0]}" in light
    assert f"background: {papers[0]}" in light
    assert f"color: {inks[1]}" in dark
    assert f"background: {papers[1]}" in dark
    assert inks[0] not in dark


def test_dark_changes_colours_and_nothing_else() -> None:
    dark = letter_mail.sheet().split(letter_mail.DARK)[1]

    assert not re.search(r"margin|padding|font|max-width", dark)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_mail_names_its_language_and_takes_both_themes(language: str) -> None:
    page = letters.mail_html(letters.Words("Subject <b>", "Hello\n\nBye\n"), language)

    assert f'<html lang="{language}"' in page
    assert '<meta name="color-scheme" content="light dark">' in page
    assert "<h1>Subject &lt;b&gt;</h1>" in page
    assert page.count("<style>") == 1
    for never in ("style=", "src=", "href=", "<link", "<script"):
        assert never not in page


def test_preparation_says_what_pdfs_need(monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr(letter_system, "missing", lambda: ("libpango-1.0-0", "fonts"))

    prepare._say_what_is_missing()

    said = capsys.readouterr().out
    assert "`make system`" in said
    assert "libpango-1.0-0, fonts" in said


def test_preparation_says_nothing_where_nothing_is_missing(
    monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setattr(letter_system, "missing", lambda: ())

    prepare._say_what_is_missing()

    assert capsys.readouterr().out == ""


def test_make_system_installs_what_is_asked_for() -> None:
    target = Path(BASE_DIR, "Makefile").read_text(encoding="utf-8")

    for package in (*letter_system.LIBRARIES, letter_system.FONTS):
        assert package in target
