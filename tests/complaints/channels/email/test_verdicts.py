"""Our own server's word on a sender, whatever the sender wrote into it."""

import pytest

from tests.complaints.channels.bounds import quick
from tests.complaints.channels.email.reading import read

RESULTS = b"Authentication-Results: mx.us; spf=pass x; dkim=fail (p=1; dmarc=pass) y\n"
OURS = {"spf": "pass", "dkim": "fail"}


@pytest.mark.parametrize(
    ("more", "verdicts"),
    [
        (b"", OURS),
        (b"Authentication-Results: MX.us 1; dmarc=Pass\n", OURS | {"dmarc": "pass"}),
        (b"Authentication-Results: mx.us; spf=fail\n", OURS),
        (b"Authentication-Results: mx.evil; dmarc=pass\n", OURS),
        (b"Received: a\nAuthentication-Results: mx.us; dmarc=pass\n", OURS),
    ],
)
def test_authentication_is_our_own_servers_word(more, verdicts):
    raw = RESULTS + more + b"\nx"
    assert read(raw, authserv_ids=("mx.us",)).authentication == verdicts
    assert read(raw, authserv_ids=("mx.other",)).authentication == {}
    assert read(raw).authentication == {}


OPENED = "Authentication-Results: mx.us; "


@pytest.mark.parametrize(
    ("field", "dmarc"),
    [
        ("dmarc=pass header.from=bank.example", "pass"),
        ("dmarc=pass (p=reject; sp=none) header.from=BANK.example", "pass"),
        ("dmarc=pass header.from=example; spf=pass", "pass"),
        ("dmarc=pass", "pass"),
        # Of two words the worse one.
        ("dmarc=pass; dmarc=fail", "fail"),
        ("dmarc=pass header.from=bank.example; dmarc=none", "none"),
        # What a sender wrote into their own address or name.
        ('spf=pass smtp.mailfrom="x; dmarc=pass; y"@evil.example', None),
        ('spf=pass smtp.mailfrom="x; dmarc=pass"@e.example; dmarc=fail', "fail"),
        ('spf=pass smtp.mailfrom="\\"; dmarc=pass; "@e.example; dmarc=none', "none"),
        ("spf=pass (of a (b; dmarc=pass) c) smtp.helo=x", None),
        ("spf=pass (\\); dmarc=pass (x) smtp.helo=x", None),
        ('spf=pass (of "a); dmarc=pass (b") smtp.helo=x; dmarc=fail', "fail"),
        # A quotation mark that is never closed hides no verdict against them.
        ('spf=pass smtp.mailfrom=x"y@evil.example; dmarc=fail', "fail"),
        ('spf=pass smtp.mailfrom=x"y@evil.example; dmarc=pass', None),
        # It stands by another domain than we take the mail to be from.
        ("dmarc=pass header.from=evil.example", "other"),
        ("dmarc=pass header.from=ank.example", "other"),
        ("dmarc=pass header.from=x.bank.example", "other"),
        ("dmarc=pass header.from=mia@evil.example", "other"),
    ],
)
def test_t4_no_sender_talks_themselves_into_a_verdict(
    field: str, dmarc: str | None
) -> None:
    raw = f"From: ann@bank.example\n{OPENED}{field}\n\nx".encode()
    found = read(raw, authserv_ids=("mx.us",)).authentication
    assert found.get("dmarc") == dmarc


def test_a_domain_in_its_own_script_is_the_same_domain() -> None:
    field = "dmarc=pass header.from=xn--bcher-kva.example"
    raw = f"From: ann@bücher.example\n{OPENED}{field}\n\nx".encode()
    assert read(raw, authserv_ids=("mx.us",)).authentication["dmarc"] == "pass"


def test_the_longest_field_is_read_at_once() -> None:
    for piece in (
        "(",
        '"',
        "\\",
        "();",
        '"a;',
        "dmarc=pass;",
        "dmarc=pass header.from=",
    ):
        raw = f"From: a@b.example\n{OPENED}{piece * 8_000}\n\nx".encode()
        with quick():
            read(raw, authserv_ids=("mx.us",))
