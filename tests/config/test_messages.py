"""Translations are compiled without system programs."""

import gettext
import os
from pathlib import Path

import pytest

from config.messages import compile_messages

PO = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Complaint"
msgstr "投诉"

#, fuzzy
msgid "Appeal"
msgstr "诉讼"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO, encoding="utf-8")
    return folder / "django.po"


def test_compile_messages_writes_what_gettext_reads(
    source: Path, tmp_path: Path
) -> None:
    written = compile_messages(tmp_path)

    assert written == [source.with_suffix(".mo")]
    found = gettext.translation("django", tmp_path, ["zh_Hans"])
    assert found.gettext("Complaint") == "投诉"
    assert found.gettext("Appeal") == "Appeal"


def test_compile_messages_skips_what_is_up_to_date(
    source: Path, tmp_path: Path
) -> None:
    compile_messages(tmp_path)
    assert compile_messages(tmp_path) == []

    later = source.with_suffix(".mo").stat().st_mtime + 10
    os.utime(source, (later, later))

    assert compile_messages(tmp_path) == [source.with_suffix(".mo")]
