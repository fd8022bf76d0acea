"""Letters: the words of every kind in both languages, and what they cannot lack."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine

from complaints import letter_facts, letters, profiles
from complaints.letters import LetterIncomplete
from complaints.models import Complaint, Event, Letter
from complaints.services import correspond, protect
from complaints.services.delay import send_delay_notice
from complaints.states import LetterKind
from complaints.workflow import perform
from tests import cases
from tests.people import People

NOW = datetime(2026, 11, 18, 8, 42, tzinfo=UTC)
WORDS = Path(__file__).with_name("letters")
EU = profiles.by_key("eu-casp@2026.1")
PROMISE = {
    "en": "We never ask for a password, a code, a seed phrase, a key or access to your "
    "device, and never for a transfer in order to be refunded.",
    "zh-hans": "我们绝不会索要密码、验证码、助记词或私钥，不会要求远程操作您的设备，"
    "也不会要求先转账再退款。",
}
LANGUAGES = tuple(PROMISE)


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def letter_of(case: Complaint, kind: str) -> Letter:
    return case.letters.get(kind=kind)


def paragraphs(letter: Letter) -> list[str]:
    return letter.body.rstrip("\n").split("\n\n")


# Each kind by the move that causes it -----------------------------------------------

Walk = Callable[[People, str], Complaint]


def _at(state: str) -> Walk:
    return lambda people, language: cases.at(people, state, language=language)


def _enquiry(people: People, language: str) -> Complaint:
    case = cases.filed(people, language=language)
    perform(
        case,
        "not_a_complaint",
        actor=people.support_lead,
        closing_reason="other_firm",
        explanation="They hold the account.",
        forwarded_to="Other Exchange",
    )
    return case


def _reply(people: People, language: str) -> Complaint:
    case = cases.at(people, "investigating", language=language)
    correspond.reply(complaint=case, text="We have the records.", actor=people.security)
    return case


def _delay(people: People, language: str) -> Complaint:
    case = cases.at(people, "investigating", language=language)
    send_delay_notice(
        complaint=case,
        reason="The network's issuer has not answered yet.",
        new_date=date(2027, 2, 15),
        actor=people.security,
    )
    return case


def _interim(people: People, language: str) -> Complaint:
    case = cases.filed(people, language=language, funds_at_risk=True)
    protect.impose(
        complaint=case, kind="withdrawal_lock", reason="", actor=people.security
    )
    return case


GROUND = {"number": 1, "kind": "Too small", "text": "It does not cover my loss."}


def _appeal_received(people: People, language: str) -> Complaint:
    case = cases.filed(people, language=language)
    facts = {"lodged_on": NOW, "rule_by": date(2026, 12, 18), "grounds": [GROUND]}
    letters.write("appeal_received", case, now=NOW, **facts)
    return case


def _ruling(people: People, language: str) -> Complaint:
    case = cases.filed(people, language=language)
    answer = {"finding": "Accepted", "reasons": "The whole loss was ours."}
    facts = {"outcome": "Varied", "summary": "We pay you the rest.", "reasons": "So."}
    letters.write("ruling", case, now=NOW, grounds=[GROUND | answer], **facts)
    return case


def _outside(people: People, language: str) -> Complaint:
    case = cases.filed(people, language=language)
    news = ["The arbitrator asks you:", "When did you see it?"]
    facts = {"headline": "a question of the arbitrator", "news": news, "by": NOW}
    letters.write("outside", case, now=NOW, **facts)
    return case


CASES: dict[str, Walk] = {
    "receipt": _at("received"),
    "admissible": _at("assigned"),
    "inadmissible": _at("inadmissible"),
    "enquiry": _enquiry,
    "question": _at("awaiting_customer"),
    "reply": _reply,
    "delay": _delay,
    "decision": _at("answered"),
    "remedy_done": _at("answered"),
    "interim_measure": _interim,
    "appeal_received": _appeal_received,
    "ruling": _ruling,
    "outside": _outside,
    "closed": _at("closed"),
}
"""How each kind of letter comes about; its words stand in the folder ``letters``."""


def golden(kind: str, language: str, reference: str) -> str:
    text = (WORDS / f"{kind}.{language}.txt").read_text(encoding="utf-8")
    return text.replace("{reference}", reference)


def test_every_kind_of_letter_is_tried_but_the_portals_own():
    assert set(CASES) == set(LetterKind) - {LetterKind.TRACKING_LINK}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CASES)
def test_letter_says_its_words(people: People, kind: str, language: str) -> None:
    letter = letter_of(CASES[kind](people, language), kind)

    words = golden(kind, language, letter.complaint.reference)
    assert f"{letter.subject}\n\n{letter.body}" == words
    assert (letter.version, letter.language) == ("2026.1", language)
    assert letter.sha256 == letters.digest(letter)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CASES)
def test_letter_warns_of_impostors(kind: str, language: str) -> None:
    words = golden(kind, language, "RC-7K4M-93XD")

    assert words.splitlines()[-1] == PROMISE[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CASES)
def test_letter_keeps_the_voice(people: People, kind: str, language: str) -> None:
    letter = letter_of(CASES[kind](people, language), kind)

    said = f"{letter.subject}\n{letter.body}".lower()

    for never in (
        "unfortunately",
        "valued",
        "!",
        "！",
        "亲",
        "尊敬",
        "%(",
        "{{",
        "none\n",
    ):
        assert never not in said.replace("time limit: none\n", "")


@pytest.mark.parametrize("kind", CASES)
def test_subject_says_neither_amount_nor_wallet_nor_category(people, kind):
    letter = letter_of(CASES[kind](people, "en"), kind)

    plain = letter.subject.replace(letter.complaint.reference, "")

    assert not re.search(r"\d|USDT|withdrawal|security|9f3c51", plain, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CASES)
def test_sheet_has_the_same_words(people: People, kind: str, language: str) -> None:
    letter = letter_of(CASES[kind](people, language), kind)

    page = letters.html(letter)

    assert f'<html lang="{language}">' in page
    shown = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))
    lines = [line for line in letter.body.splitlines() if not re.match("-{2,}$", line)]
    bare = (re.sub(r"^(?:- |\d+\. |> ?)", "", line.strip()) for line in lines)
    assert [line for line in bare if re.sub(r"\s+", " ", line) not in shown] == []


# Receipt (RTS 2025/294 Art 4(3)) ----------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        "We received it on 18 November 2026, 09:42. You have our decision by ",
        "Complaints department\nE-mail: complaints@recourse.example\n",
        "Telephone: +49 30 23125 100\n",
        "- Decision at the latest, counted from receipt: 2 months\n",
        "> 1,860 USDT left my account at night. It was not me.\n",
        "> 1. The withdrawal was not mine\n> 2. It should have been held\n",
        "> 1,860.00 USDT\n",
        "> 9f3c51aa5a697c (tron)\n",
    ],
)
def test_receipt_holds(people: People, part: str) -> None:
    assert part in letter_of(cases.filed(people), "receipt").body


def test_receipt_quotes_every_line_of_the_customer(people: People) -> None:
    text = "Line one\n# A heading of yours\n\n- We pay you 1,000,000 USDT"

    letter = letter_of(cases.filed(people, description=text), "receipt")

    quote = "> Line one\n> # A heading of yours\n>\n> - We pay you 1,000,000 USDT"
    assert quote in paragraphs(letter)
    page = letters.html(letter)
    assert "<h2>A heading of yours</h2>" not in page
    assert "<li>We pay you" not in page


def test_sheet_escapes_markup_of_the_customer(people: People) -> None:
    letter = letter_of(cases.filed(people, description="<script>x</script>"), "receipt")

    page = letters.html(letter)

    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<script>x" not in page


# Decision (Art 6(1), 6(4)) ----------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        "We uphold your complaint in part.\n",
        "1. The withdrawal was not mine\n   Finding: Upheld\n   The records show it.\n",
        "2. It should have been held\n   Finding: Upheld\n   The records show it.\n",
        "Reasons\n-------\n\nThe hold was not applied.\n",
        "- Point 1: There is no evidence on this point.\n",
        "- The exchange: 70 per cent\n",
        "- Refund: 300.00 USDT\n  Worth 300.00 EUR; 1 USDT = 1.00 EUR, our rate of ",
        "Accept or appeal by 17 January 2027, by answering this message or here: ",
        *(f"- {route.name}\n" for route in EU.routes_for("")),
    ],
)
def test_decision_holds(people: People, part: str) -> None:
    assert part in letter_of(cases.at(people, "answered"), "decision").body


DECISION: dict[str, Any] = {
    "outcome": "Upheld",
    "summary": "We uphold your complaint.",
    "points": [{"number": 1, "text": "A", "finding": "Upheld", "reasons": "Seen."}],
    "reasons": "Seen.",
    "basis": [{"point": 1, "words": "E1"}],
    "remedies": [],
    "appeal": {"by": date(2027, 1, 17), "words": "60 days"},
}


def test_decision_without_remedies_says_so(people: People) -> None:
    case = cases.filed(people)

    letter = letters.write("decision", case, now=NOW, **DECISION)

    words = "This decision brings no payment and no other remedy."
    assert words in paragraphs(letter)


@pytest.mark.parametrize(
    ("part", "empty"),
    [
        ("outcome", ""),
        ("outcome", "  "),
        ("points", []),
        ("points", [{"text": "A", "finding": "", "reasons": "B"}]),
        ("reasons", ""),
        ("basis", []),
        ("remedies", None),
        ("appeal", {}),
        ("routes", []),
    ],
)
def test_decision_that_lacks_a_part_is_not_written(people, part, empty):
    case = cases.filed(people)

    with pytest.raises(LetterIncomplete) as refusal:
        letters.write("decision", case, now=NOW, **{**DECISION, part: empty})

    assert refusal.value.missing == (part,)
    assert (refusal.value.code, refusal.value.status) == ("letter_incomplete", 422)
    assert not case.letters.filter(kind="decision").exists()


@pytest.mark.parametrize("left_out", ["name", "email", "phone"])
def test_receipt_without_a_way_to_reach_us_is_not_written(people, left_out):
    case = cases.filed(people)
    contact = {"name": "Desk", "email": "d@x.example", "phone": "1", left_out: ""}

    with pytest.raises(LetterIncomplete) as refusal:
        letters.write(
            "receipt", case, now=NOW, contact=contact, copy={"description": "x"}
        )

    assert refusal.value.missing == ("contact",)


def test_decision_that_cannot_be_written_is_not_issued(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cases.at(people, "remedying")
    for remedy in case.remedies.all():
        cases.execute(people, remedy)
    whole = letter_facts.decision
    monkeypatch.setattr(
        letter_facts, "decision", lambda *of: {**whole(*of), "outcome": ""}
    )

    with pytest.raises(LetterIncomplete):
        perform(case, "issue_decision", actor=people.security)

    case.refresh_from_db()
    assert case.state == "remedying"
    assert not Event.objects.filter(what="issue_decision").exists()


def test_decision_after_an_appeal_offers_no_second_one(people: People) -> None:
    case = cases.at(people, "answered")
    case.decisions.update(on_appeal=True)
    profile = profiles.by_key(case.profile_key)
    row = case.decisions.get()

    facts = letter_facts.decision(case, row, profile)

    assert (facts["second_stage"], facts["appeal"]["by"]) == (True, None)
    letter = letters.write("decision", case, now=NOW, **letters.settle(facts))
    said = "This decision follows your appeal. A second appeal to us is not possible; "
    assert f"{said}the outside routes are." in paragraphs(letter)


def test_remedy_keeps_every_digit(people: People) -> None:
    case = cases.at(people, "answered")
    remedy = case.remedies.get()
    remedy.amount = Decimal("0.000000000000000001")

    facts = {"remedy": letter_facts.remedy(remedy), "done_on": NOW}
    letter = letters.write("remedy_done", case, now=NOW, **letters.settle(facts))

    assert "- Refund: 0.000000000000000001 USDT" in letter.body.splitlines()


# Other rules ------------------------------------------------------------------------


def uk(people: People) -> Complaint:
    """A case under the UK's rules, which are data that is switched off."""
    case = cases.filed(people)
    case.profile_key = "uk-disp@2026.1"
    return case


def test_uk_receipt_says_what_comes_next(people: People) -> None:
    case = uk(people)

    facts = letter_facts.receipt(case, profiles.by_key(case.profile_key))
    letter = letters.write("receipt", case, now=NOW, **facts)

    words = "You get our final response, or a letter that says why it takes longer."
    assert words in paragraphs(letter)
    assert "- Decision at the latest, counted from receipt: 56 days" in letter.body


def test_uk_decision_is_a_final_response_with_the_ombudsman(people: People) -> None:
    kind = "This is our final response: we accept the complaint."

    letter = letters.write(
        "decision", uk(people), now=NOW, kind_of_response=kind, **DECISION
    )

    site = "https://www.financial-ombudsman.org.uk/"
    assert kind in paragraphs(letter)
    assert (
        f"You can turn to the ombudsman within 6 months of the date of this letter. "
        f"Website: {site} Leaflet: {site} We do not agree that the ombudsman may take "
        "up a complaint that comes to them later than that."
    ) in paragraphs(letter)


def test_uk_decision_without_its_kind_is_not_written(people: People) -> None:
    with pytest.raises(LetterIncomplete) as refusal:
        letters.write("decision", uk(people), now=NOW, **DECISION)

    assert refusal.value.missing == ("kind_of_response",)


@pytest.mark.parametrize(
    ("filed_in", "written_in"),
    [("en", "en"), ("zh-hans", "zh-hans"), ("fr", "en"), ("ko", "en"), ("", "en")],
)
def test_language_is_the_filing_language_where_we_write_it(
    people, filed_in, written_in
):
    case = cases.filed(people, language=filed_in)

    assert letter_of(case, "receipt").language == written_in


def test_guest_is_led_to_the_tracking_page(people: People) -> None:
    case = cases.filed(people)
    case.customer.user = None

    assert letter_facts.link_to(case) == "https://recourse.test/track/"
