"""``manage.py intake_email``: one JSON line a mail, whatever the mail."""

import hashlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from complaints.models import Complaint, RawMessage
from tests.complaints.channels.email.corpus import CORPUS, needs_corpus
from tests.complaints.channels.email.mails import (
    ANN,
    a_mail,
    answer_to,
    letters_to,
    with_files,
)

pytestmark = pytest.mark.django_db

HELPDESK = {
    "all-special-chars.eml": ("opened", ""),
    "blank-body-with-attachment.eml": ("opened", ""),
    "forwarded-message.eml": ("opened", ""),
    "pgp.eml": ("opened", ""),
    "quoted_printable.eml": ("opened", ""),
    "utf-nondecodable.eml": ("opened", ""),
}
MACHINES = {
    "test_mail_05.txt": ("held", "auto_reply"),
    "test_mail_09.txt": ("held", "auto_reply"),
    "test_mail_12.txt": ("dropped", "bounce"),
    "test_mail_14.txt": ("held", "no_reply_sender"),
}


def taken(*paths: Path) -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("intake_email", *map(str, paths), stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_line_says_what_became_of_the_mail(tmp_path: Path) -> None:
    raw = with_files(("a.txt", b"one"))
    path = tmp_path / "mail.eml"
    path.write_bytes(raw)

    (line,) = taken(path)
    case = Complaint.objects.get()
    assert line == {
        "outcome": "opened",
        "reference": case.reference,
        "reason": "",
        "message_id": "<1.0@customers.example>",
        "from": ANN,
        "subject": "With files",
        "text": "See the files.",
        "attachments": [
            {
                "name": "a.txt",
                "content_type": "application/x-any",
                "size": 3,
                "sha256": hashlib.sha256(b"one").hexdigest(),
            }
        ],
        "raw_sha256": hashlib.sha256(raw).hexdigest(),
    }
    assert taken(path) == [line | {"duplicate": True}]


def test_answer_names_the_case_it_joined(tmp_path: Path) -> None:
    first, second = tmp_path / "1.eml", tmp_path / "2.eml"
    first.write_bytes(a_mail())
    (opened,) = taken(first)
    (receipt,) = letters_to(ANN)
    second.write_bytes(answer_to(receipt))
    (line,) = taken(second)

    assert (line["outcome"], line["reference"]) == ("appended", opened["reference"])
    assert line["text"] == "Here is what you asked for."


def test_one_mail_on_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(a_mail())

    monkeypatch.setattr(sys, "stdin", Stdin)
    (line,) = taken()

    assert line["outcome"] == "opened"


NASTY = [
    b"",
    b"\0",
    b"\xff" * 1000,
    b"From: \xff\xfe\0\r\n\r\n\0\xed\xa0\x80",
    b"\r\n\r\nno header at all",
    b"From: a@b.example\r\nSubject: =?utf-8?b?7aCA?= \0\r\n\r\ntext \0 \xed\xa0\x80",
    b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n" * 1000,
]


@pytest.mark.parametrize("raw", NASTY)
def test_bytes_that_are_no_mail_give_a_line(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(raw)
    (line,) = taken(path)

    assert line["outcome"] in {"opened", "held"}
    assert "\0" not in json.dumps(line)
    json.dumps(line, ensure_ascii=False).encode()
    row = RawMessage.objects.get()
    assert bytes(row.raw) == raw
    assert row.raw_sha256 == line["raw_sha256"]


def test_file_that_is_not_there_is_named_and_the_others_are_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(a_mail())
    with pytest.raises(SystemExit) as ended:
        call_command("intake_email", str(tmp_path / "missing.eml"), str(path))

    assert ended.value.code == 1
    said = capsys.readouterr()
    assert "missing.eml" in said.err
    assert json.loads(said.out)["outcome"] == "opened"


@needs_corpus
def test_mail_to_a_help_desk_opens_complaints() -> None:
    lines = taken(*(CORPUS / "mail/helpdesk" / name for name in HELPDESK))

    got = [(line["outcome"], line["reason"]) for line in lines]
    assert got == list(HELPDESK.values())
    assert len({line["reference"] for line in lines}) == len(HELPDESK)


@needs_corpus
def test_mail_to_an_authority_opens_complaints_unless_a_machine_wrote_it() -> None:
    paths = sorted((CORPUS / "mail/requests").iterdir())
    got = dict(zip(paths, taken(*paths), strict=True))

    for path, line in got.items():
        expected = MACHINES.get(path.name, ("opened", ""))
        assert (line["outcome"], line["reason"]) == expected, path.name
        assert bool(line["reference"]) == (expected[0] == "opened")
