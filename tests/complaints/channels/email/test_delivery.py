import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.channels.email.delivery import DeliveryFact, delivery_facts
from tests.complaints.channels.email.corpus import CORPUS, files, needs_corpus

REPORT = b"""From: MAILER-DAEMON
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It failed.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; Ann@example.com
Action: Failed
Status: 5.1.1 (no such user)
Diagnostic-Code: smtp; 550 5.1.1
 unknown

Final-Recipient: rfc822; bob@example.com
Action: delayed
Status: 4.2.2
--b
Content-Type: text/rfc822-headers

Message-ID: <m-1@desk.example>
--b--
"""


def test_delivery_facts_of_each_recipient():
    assert delivery_facts(REPORT) == (
        DeliveryFact(
            "Ann@example.com",
            "failed",
            "5.1.1",
            "smtp; 550 5.1.1 unknown",
            "<m-1@desk.example>",
        ),
        DeliveryFact("bob@example.com", "delayed", "4.2.2", "", "<m-1@desk.example>"),
    )


def test_delivery_facts_by_header_where_no_report_is():
    raw = b"From: MAILER-DAEMON\nX-Failed-Recipients: a@b.c, d@e.f\n\nno"
    found = [(fact.recipient, fact.action) for fact in delivery_facts(raw)]
    assert found == [("a@b.c", "failed"), ("d@e.f", "failed")]


def test_delivery_facts_of_a_persons_mail_are_none():
    assert delivery_facts(b"From: a@b.c\n\nhello") == ()


@given(st.binary())
def test_delivery_facts_stand_any_bytes(raw):
    assert delivery_facts(raw) == ()


@needs_corpus
@pytest.mark.parametrize(
    ("name", "recipient", "status"),
    [
        ("bsd_lhost-outlook-02", "kijitora@example.jp", "5.1.1"),
        ("bsd_lhost-opensmtpd-06", "nekochan@libsisimai.org", "4.4.7"),
        ("mac_rhost-cox-01", "recipient55@cox.net", "5.1.0"),
        (
            "dos_rhost-kddi-01",
            "otsu-sakaba-hunter-neko-nyaaaaaaan@ezweb.ne.jp",
            "5.2.0",
        ),
        ("bsd_rhost-tencent-01", "nekochan@qq.example.cn", "5.0.0"),
    ],
)
def test_delivery_facts_of_the_corpus(name, recipient, status):
    fact = delivery_facts((CORPUS / f"mail/bounces/{name}.eml").read_bytes())[0]
    assert (fact.recipient, fact.status) == (recipient, status)


@needs_corpus
def test_delivery_facts_are_found_in_most_bounces():
    found = [bool(delivery_facts(p.read_bytes())) for p in files("mail/bounces")]
    assert found.count(True) >= 55
