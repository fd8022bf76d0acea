"""The command that operators and auditors run."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from complaints import triggers

pytestmark = pytest.mark.django_db


def _run(*arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("verify_ledger", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        err.write(f"!{error}")
    return out.getvalue().strip(), err.getvalue().strip()


def _cut_tail(stream: str, seq: int) -> None:
    """What somebody with the database would do who knows how the chain works."""
    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sha256 FROM complaints_event WHERE stream = %s AND seq = %s",
            [stream, seq - 1],
        )
        head = cursor.fetchone()[0]
        cursor.execute(
            "DELETE FROM complaints_event WHERE stream = %s AND seq = %s", [stream, seq]
        )
        cursor.execute(
            "UPDATE complaints_stream SET seq = %s, head = %s WHERE name = %s",
            [seq - 1, head, stream],
        )
        cursor.execute(
            "UPDATE complaints_complaint SET state = 'received', version = 0"
        )
    triggers.install()


def test_intact_ledger_is_said_to_be(case_at: Any) -> None:
    case = case_at("closed")

    assert _run("--reference", case.reference.lower())[0].startswith(
        "The ledger is intact"
    )
    assert _run()[1] == ""


def test_unknown_reference_is_an_error(db: None) -> None:
    assert _run("--reference", "RC-2222-2222")[1] == (
        "!There is no complaint of that reference."
    )


def test_tail_cut_with_its_head_is_found_by_the_anchor(
    case_at: Any, tmp_path: Path
) -> None:
    case = case_at("assigned")
    anchor = tmp_path / "anchor.json"
    _run("--write-anchor", str(anchor))
    _cut_tail(case.stream, 2)

    assert _run()[1] == ""
    assert _run("--anchor", str(anchor))[1].splitlines()[0] == (
        f"{case.stream} #2: stood here when the anchor was written"
    )


def test_file_that_is_no_anchor_is_refused(db: None, tmp_path: Path) -> None:
    path = tmp_path / "anchor.json"
    path.write_text("[1]")

    assert "is no anchor" in _run("--anchor", str(path))[1]


def test_a_new_key_leaves_what_the_old_one_sealed_proved(
    case_at: Any, settings: Any
) -> None:
    case = case_at("closed")
    settings.LEDGER_KEY, old = "a-new-key-" + "n" * 32, settings.LEDGER_KEY

    assert "was not sealed by this desk" in _run("--reference", case.reference)[1]

    settings.LEDGER_KEY_FALLBACKS = (old,)

    assert _run("--reference", case.reference)[1] == ""
