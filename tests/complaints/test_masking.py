"""T34: no key to a wallet stays in the register, and nothing else goes."""

import pytest
from django.test import Client

from appeals.models import Appeal
from appeals.services import NewGround, lodge
from complaints.channels.email.inbound import receive
from complaints.masking import MASK, mask
from complaints.models import Clock, Complaint, Draft, EventText, Message, RawMessage
from complaints.services import correspond, drafts
from complaints.workflow import perform
from tests import cases
from tests.complaints.channels.email.mails import a_mail
from tests.people import People

SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"
NUMBERED = "\n".join(f"{n}. {word}" for n, word in enumerate(SEED.split(), start=1))
LONG = " ".join([*["abandon"] * 23, "art"])
HEX = "e9873d79c6d87dc0fb6a5778633389f4453213303da61f20bd67fc233aa33262"
WIF = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
EXTENDED = (
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6Ln"
    "F5kejMRNNU3TGtRBeJgk33yuGBxrMPHi"
)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"My words: {SEED} were mine", f"My words: {MASK} were mine"),
        (SEED.upper(), MASK),
        (SEED.replace(" ", ", "), MASK),
        (NUMBERED, f"1. {MASK}"),
        (LONG, MASK),
        ("Seed: " + " ".join(SEED.split()[:8]), MASK),
        ("的 一 是 在 不 了 有 和 人 这 中 大", MASK),
        (f"Here it is {WIF}.", f"Here it is {MASK}."),
        (EXTENDED, MASK),
        (f"My private key is 0x{HEX}!", f"My private key is {MASK}!"),
        (f"我的私钥：{HEX}", f"我的私钥：{MASK}"),
        (f"{SEED}; and {SEED}", f"{MASK}; and {MASK}"),
    ],
)
def test_a_wallet_secret_is_made_unreadable(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ".join(SEED.split()[:11]),
        f"Transaction 0x{HEX}",
        "word " * 40,
        f"They have my private key. Transaction hash: {HEX}",
        f"{WIF[:-1]}K",
        "TXYZopYRdj2D9XRtbG411XZZ3kM5VkAeBf",
        "的一是在不了有和人这中大我来到中国工作生活",
        "I was asked for money and I paid, then the account was closed for no reason.",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text", ["abandon ability " * 3_000, "的 " * 25_000, "K" * 50_000]
)
def test_the_longest_texts_are_read_at_once(text: str) -> None:
    assert len(mask(text)) <= len(text)


def _warnings(case: Complaint) -> list[Message]:
    rows = case.messages.filter(direction="out", text__contains="move what the wallet")
    return list(rows)


@pytest.mark.django_db
def test_no_field_of_a_filing_keeps_one_and_the_customer_is_told_once(
    people: People,
) -> None:
    case = cases.filed(
        people,
        subject=f"Lost {SEED}",
        description=f"I typed {SEED} on a page.",
        points=(f"They took {NUMBERED}",),
        desired_outcome=f"Undo {LONG}",
        identifiers=(("wallet", WIF, ""),),
        details={"comments": SEED, "loss_description": f"private key {HEX}"},
    )

    case.refresh_from_db()
    kept = [
        case.subject,
        case.description,
        case.desired_outcome,
        case.comments,
        case.loss_description,
        case.points.get().text,
        case.identifiers.get().value,
    ]
    assert all(MASK in text for text in kept)
    assert not any("winner" in text or HEX in text for text in kept)
    assert len(_warnings(case)) == 1
    assert not case.letters.filter(body__contains="winner").exists()


@pytest.mark.django_db
def test_the_warning_is_no_answer_to_the_customer(people: People) -> None:
    case = cases.at(people, "investigating")
    running = Clock.objects.filter(complaint=case, stopped_at=None)

    correspond.customer_writes(complaint=case, text=SEED, actor=people.customer)

    assert len(_warnings(case)) == 1
    assert running.filter(step="answer_question").exists()
    case.refresh_from_db()
    assert case.last_message_from == "customer"


@pytest.mark.django_db
def test_an_answer_and_its_event_keep_none(people: People) -> None:
    case = cases.at(people, "awaiting_customer")

    perform(case, "customer_answered", actor=people.customer, answer=f"It is {SEED}")

    assert case.messages.filter(text=f"It is {MASK}").exists()
    assert not EventText.objects.filter(text__contains="winner").exists()
    assert len(_warnings(case)) == 1


@pytest.mark.django_db
def test_an_appeal_keeps_none(people: People) -> None:
    case = cases.at(people, "answered")

    lodge(
        complaint=case,
        grounds=[NewGround(kind="facts_wrong", text=f"It is {SEED}")],
        statement=f"My private key: {HEX}",
        actor=people.customer,
    )

    appeal = Appeal.objects.get()
    assert appeal.statement == f"My private key: {MASK}"
    assert appeal.grounds.get().text == f"It is {MASK}"
    assert len(_warnings(case)) == 1


@pytest.mark.django_db
def test_a_mail_keeps_none_and_its_bytes_go(client: Client) -> None:
    taken = receive(a_mail(f"They asked for {SEED} and I gave it."))

    assert taken.outcome == "opened"
    case = taken.complaint
    assert case is not None
    assert case.description == f"They asked for {MASK} and I gave it."
    raw = RawMessage.objects.get()
    assert bytes(raw.raw) == b""
    assert raw.verdicts["secret_removed"] is True
    assert len(raw.raw_sha256) == 64
    assert receive(a_mail(f"They asked for {SEED} and I gave it.")).duplicate


@pytest.mark.django_db
def test_a_held_mail_keeps_its_bytes_until_somebody_decides() -> None:
    taken = receive(a_mail(SEED, sender="noreply@shop.example"))

    assert taken.outcome == "held"
    assert SEED.encode() in bytes(RawMessage.objects.get().raw)


@pytest.mark.django_db
def test_a_draft_keeps_none() -> None:
    draft = drafts.begin(user=None, language="en")

    drafts.save_page(draft, "story", {"description": SEED})

    assert Draft.objects.get().answers == {"story": {"description": MASK}}
