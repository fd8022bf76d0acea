import random
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from complaints.channels.email import mime
from complaints.channels.email.parse import (
    HEADER_TOO_LONG,
    MAX_MESSAGE,
    TOO_LARGE,
    UNREADABLE,
    parse,
)
from tests.complaints.channels.email.corpus import CORPUS, files, named, needs_corpus
from tests.complaints.channels.email.reading import read

ANY_MAIL = files("mail")


@given(st.binary(max_size=2_000))
@example(b"")
@example(b"\n")
@example(b"\r")
@example(b":")
@example(b"\xff\xfe")
@example(b"From ")
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n")
def test_parse_stands_any_bytes(raw):
    read(raw)


FIELDS = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "In-Reply-To",
    "Received",
    "Return-Path",
    "Content-Type",
    "Content-Disposition",
    "Content-Transfer-Encoding",
    "Auto-Submitted",
    "Authentication-Results",
    "Content-Location",
]
VALUES = st.binary(max_size=60) | st.sampled_from(
    [
        b"multipart/mixed; boundary=b",
        b"multipart/alternative; boundary*0=b",
        b"text/html; charset=gb2312",
        b"text/plain; charset=punycode",
        b"text/plain; charset=\xff\x00",
        b"attachment; filename*=utf-8''%e4%b8",
        b'attachment; filename="',
        b"message/rfc822",
        b"base64",
        b"x-uuencode",
        b"=?gb2312?B?xOM=?= =?utf-8?Q?=ff?=",
        b'((((<<<<,,;;"@@',
    ]
)
MAILS = st.builds(
    lambda fields, bodies: (
        b"\n".join(name.encode() + b": " + value for name, value in fields)
        + b"\n\n"
        + b"\n--b\n".join(bodies)
    ),
    st.lists(st.tuples(st.sampled_from(FIELDS), VALUES), max_size=8),
    st.lists(st.binary(max_size=80), max_size=4),
)


@given(MAILS)
def test_parse_stands_any_fields(raw):
    read(raw)


@needs_corpus
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_parse_stands_mutated_mail(seed):
    chance = random.Random(seed)
    raw = bytearray(chance.choice(ANY_MAIL).read_bytes()[:20_000])
    for _ in range(chance.randrange(1, 40)):
        at = chance.randrange(len(raw) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            raw[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del raw[at : at + chance.randrange(200)]
        elif kind == 2:
            raw[at:at] = raw[: chance.randrange(200)]
        else:
            raw[at:at] = chance.choice(
                [b"\n\n", b"\0", b'"', b"--", b"=?", b"\r", b"("]
            )
    read(bytes(raw))


@needs_corpus
@pytest.mark.parametrize("path", ANY_MAIL, ids=named)
def test_parse_stands_the_corpus_and_reads_it_the_same_twice(path):
    raw = path.read_bytes()
    assert read(raw) == read(raw)
    # A second delivery comes with other trace headers and the same key.
    again = b"Return-Path: <x@y>\nReceived: from a by b; today\n" + raw
    if not raw.startswith((b"From ", b"\r", b"\n")) and b"\n" in raw:
        assert read(again).external_id == read(raw).external_id


def test_parse_says_so_when_a_fault_of_ours_stops_it(monkeypatch):
    def fails(*args: object) -> None:
        raise RecursionError

    monkeypatch.setattr(mime, "read", fails)
    inbound = parse(b"Subject: x\n\ny", account="desk")
    assert inbound.problems == (UNREADABLE,)
    assert inbound.raw == b"Subject: x\n\ny"


def nested(depth: int) -> bytes:
    head = b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n'
    return b"".join(head % (i, i) for i in range(depth)) + b"\ndeep\n"


def many(parts: int) -> bytes:
    head = b"Content-Type: multipart/mixed; boundary=b\n\n"
    part = b"--b\nContent-Disposition: attachment; filename=%d.txt\n\nx\n"
    return head + b"".join(part % i for i in range(parts)) + b"--b--\n"


@pytest.mark.drill
@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (nested(29), None),
        (nested(100), mime.TOO_DEEP),
        (nested(5_000), mime.TOO_DEEP),
        (many(200), None),
        (many(1_000), mime.TOO_MANY_PARTS),
        (many(100_000), mime.TOO_MANY_PARTS),
        (b"X: " + b"a" * 50_000_000 + b"\n\nhi", HEADER_TOO_LONG),
        (b"X: aaaa\n" * 6_000_000 + b"\nhi", HEADER_TOO_LONG),
        (b"Subject: x\n\n" + b"y" * MAX_MESSAGE, TOO_LARGE),
        (many(1)[:44] + b"--b" * 10_000_000, "text-cut"),
        (many(1)[:44] + b"--bb\n" * 1_000_000, "text-cut"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_parse_stays_within_its_limits(raw, problem):
    start = time.perf_counter()
    inbound = read(raw)
    assert inbound.problems == ((problem,) if problem else ())
    assert time.perf_counter() - start < 5


def test_parse_keeps_the_first_parts_of_too_many():
    assert [a.name for a in read(many(1_000)).attachments][:2] == ["0.txt", "1.txt"]
    assert len(read(many(1_000)).attachments) == mime.MAX_PARTS - 1


HOSTILE = [
    b";",
    b'";',
    b"=?utf-8?q?a?= ",
    b"(",
    b"<",
    b'"',
    b",",
    b"a@b,",
    b"\n ",
    b"@",
]
HOSTILE += [
    b"name*0=a;",
    b"\\",
    b"[",
    b"a b@c ",
    b"=?gb2312?B?xOM=?=\n ",
    b"=",
    b"\xff",
]


@pytest.mark.drill
@pytest.mark.parametrize("unit", HOSTILE)
def test_parse_reads_hostile_fields_in_time(unit):
    value = (unit * 40_000)[:40_000]
    raw = b"X: 1\n" + b"".join(n.encode() + b": " + value + b"\n" for n in FIELDS)
    start = time.perf_counter()
    read(raw + b"\nhello\n")
    assert time.perf_counter() - start < 5


SUBJECTS = {
    "requests/test_mail_01.txt": "Anfrage nach dem Informationsfreiheitsgesetz; "
    "Förderanträge und Verwendungsnachweise der Hanns-Seidel-Stiftung; Vg. 375-2018",
    "requests/test_mail_03.txt": "Öffentlicher Personennahverkehr",
    "requests/test_mail_16.txt": 'WG: Einrichtung Bewohnerparken Zone "Lessingplatz" '
    "[#267938], Ihre Email vom 17.01.2023",
    "helpdesk/all-special-chars.eml": "Testovácí email",
    "helpdesk/utf-nondecodable.eml": "Fwd: Cyklozaměstnavatel - změna vyhodnocení",
    "malformed/multi_charset/japanese.eml": "まみむめも",
    "malformed/rfc6532/utf8_headers.eml": "Säying Hello",
    "malformed/plain_emails/raw_email_with_partially_quoted_subject.eml": (
        'Re: Test: "漢字" mid "漢字" tail'
    ),
}
LONG_NAME = (
    "Kooperationen des MSW, Antrag nach Informationsfreiheitsgesetz NRW, "
    "Stefan Safario vom 06.12.2012 -"
)
NAMES = {
    "requests/test_mail_02.txt": ["TI  - IFG-Antrag, Vordruck.docx"],
    "requests/test_mail_04.txt": [
        f"{LONG_NAME} AW vom 08.01.2013 - RS.pdf",
        f"{LONG_NAME} Anlage.pdf",
    ],
    "requests/test_mail_07.txt": [
        "Bescheid Fäker.pdf",
        "180328 Schreiben an Antragstellerin; Vg. 069-2018.pdf",
        "Müller_Michael_Metrobus 6_7_8_26.xlsx",
    ],
    "helpdesk/blank-body-with-attachment.eml": ["baf"],
    "malformed/multi_charset/japanese_attachment.eml": ["てすと.txt"],
    "malformed/multi_charset/japanese_attachment_long_name.eml": [
        "かきくけこかきくけこかきくけこかきくけこかきくけこ.txt"
    ],
    "malformed/attachment_emails/attachment_content_location.eml": ["Photo25.jpg"],
    "malformed/attachment_emails/attachment_with_quoted_filename.eml": [
        "Eelanalüüsi päring.jpg"
    ],
    "malformed/attachment_emails/attachment_with_unquoted_name.eml": [
        "This is a test.txt"
    ],
    "malformed/attachment_emails/attachment_with_base64_encoded_name.eml": [
        "This is a test.pdf"
    ],
}


@needs_corpus
@pytest.mark.parametrize("name", SUBJECTS)
def test_subject_in_the_corpus(name):
    assert read((CORPUS / "mail" / name).read_bytes()).subject == SUBJECTS[name]


@needs_corpus
@pytest.mark.parametrize("name", NAMES)
def test_attachment_names_in_the_corpus(name):
    inbound = read((CORPUS / "mail" / name).read_bytes())
    assert [attachment.name for attachment in inbound.attachments] == NAMES[name]


@needs_corpus
def test_no_markup_of_the_corpus_reaches_the_text():
    for path in ANY_MAIL:
        inbound = read(path.read_bytes())
        if inbound.html and "<script" in inbound.html.lower():
            assert "function(" not in inbound.text
