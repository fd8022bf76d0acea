"""Letters: the words of every kind in both languages, and what they cannot lack."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
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
LINK = "https://recourse.test/complaints/{reference}/"
PROMISE = {
    "en": "We never ask for a password, a code, a seed phrase, a key or access to your "
    "device, and never for a transfer in order to be refunded.",
    "zh-hans": "我们绝不会索要密码、验证码、助记词或私钥，不会要求远程操作您的设备，"
    "也不会要求先转账再退款。",
}
ZONE = {
    "en": "Dates are those of Europe/Berlin.",
    "zh-hans": "信中日期按 Europe/Berlin 时区计算。",
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


# kind -> (how it comes about, subject and first words in both languages)
CASES: dict[str, tuple[Walk, dict[str, tuple[str, str]]]] = {
    "receipt": (
        _at("received"),
        {
            "en": (
                "Complaint {r}: we have it",
                "We have your complaint, {r}. Support reads it now. By 23 November 2026 "
                "you hear whether we take it up and who works on it.",
            ),
            "zh-hans": (
                "投诉 {r}：已收到",
                "投诉已收到，编号 {r}。客服正在查看，2026年11月23日前会告诉您是否受理、"
                "由谁负责。",
            ),
        },
    ),
    "admissible": (
        _at("assigned"),
        {
            "en": (
                "Complaint {r}: we take it up",
                "We take up your complaint {r}. It is with: Security team.",
            ),
            "zh-hans": (
                "投诉 {r}：我们受理了",
                "我们受理您的投诉 {r}，由安全团队处理。",
            ),
        },
    ),
    "inadmissible": (
        _at("inadmissible"),
        {
            "en": (
                "Complaint {r}: we cannot take it up",
                "We do not take up your complaint {r}. The published ground is: Not "
                "about a service of ours.",
            ),
            "zh-hans": (
                "投诉 {r}：我们不能受理",
                "我们不受理您的投诉 {r}，公布的理由是：与我们的服务无关。",
            ),
        },
    ),
    "enquiry": (
        _enquiry,
        {
            "en": (
                "Your message {r}: our answer",
                "What you wrote under {r} is for another firm to answer: Other Exchange. "
                "We have forwarded it to them in writing.",
            ),
            "zh-hans": (
                "您的留言 {r}：我们的答复",
                "您在 {r} 中反映的问题由另一家公司负责：Other Exchange。我们已书面转交给"
                "他们。",
            ),
        },
    ),
    "question": (
        _at("awaiting_customer"),
        {
            "en": (
                "Complaint {r}: a question for you",
                "Your turn, by 23 December 2027. If we hear nothing, we go on with what "
                "we have.",
            ),
            "zh-hans": (
                "投诉 {r}：有一个问题请您回答",
                "请在 2027年12月23日前回答。到期没有收到，我们会根据现有材料继续处理。",
            ),
        },
    ),
    "reply": (
        _reply,
        {
            "en": ("Complaint {r}: a message for you", "We have the records."),
            "zh-hans": ("投诉 {r}：给您的留言", "We have the records."),
        },
    ),
    "delay": (
        _delay,
        {
            "en": (
                "Complaint {r}: our decision comes later",
                "You were to have our decision by 18 January 2027. You will have it by "
                "15 February 2027.",
            ),
            "zh-hans": (
                "投诉 {r}：裁定推迟",
                "原定 2027年1月18日前给您裁定，现在改为 2027年2月15日前。",
            ),
        },
    ),
    "decision": (
        _at("answered"),
        {
            "en": ("Complaint {r}: our decision", "We uphold your complaint in part."),
            "zh-hans": ("投诉 {r}：裁定", "We uphold your complaint in part."),
        },
    ),
    "remedy_done": (
        _at("answered"),
        {
            "en": (
                "Complaint {r}: carried out",
                "On 18 November 2026, 09:42 we did this for your complaint {r}:",
            ),
            "zh-hans": (
                "投诉 {r}：已执行",
                "关于您的投诉 {r}，我们已于 2026年11月18日 09:42 完成：",
            ),
        },
    ),
    "interim_measure": (
        _interim,
        {
            "en": (
                "Complaint {r}: we protect your account",
                "To protect your account we did this on 18 November 2026, 09:42: "
                "Withdrawals locked.",
            ),
            "zh-hans": (
                "投诉 {r}：我们正在保护您的账户",
                "为保护您的账户，我们于 2026年11月18日 09:42 采取了措施：锁定提现。",
            ),
        },
    ),
    "appeal_received": (
        _appeal_received,
        {
            "en": (
                "Complaint {r}: we have your appeal",
                "We received your appeal in {r} on 18 November 2026, 09:42. People who "
                "had no part in the decision look at it. It costs you nothing.",
            ),
            "zh-hans": (
                "投诉 {r}：申诉已收到",
                "我们于 2026年11月18日 09:42 收到您对 {r} 的申诉，由没有参与原裁定的人"
                "审查，不收任何费用。",
            ),
        },
    ),
    "ruling": (
        _ruling,
        {
            "en": ("Complaint {r}: ruling on your appeal", "We pay you the rest."),
            "zh-hans": ("投诉 {r}：申诉裁定", "We pay you the rest."),
        },
    ),
    "closed": (
        _at("closed"),
        {
            "en": (
                "Complaint {r}: closed",
                "We closed your complaint {r} on 18 November 2026: you accepted the "
                "decision, and all of it is carried out.",
            ),
            "zh-hans": (
                "投诉 {r}：已结案",
                "投诉 {r} 已于 2026年11月18日结案：您接受了裁定，裁定内容已全部执行。",
            ),
        },
    ),
}


def test_every_kind_of_letter_is_tried_but_the_portals_own():
    assert set(CASES) == set(LetterKind) - {LetterKind.TRACKING_LINK}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CASES)
def test_letter_says_its_words(people: People, kind: str, language: str) -> None:
    walk, words = CASES[kind]
    subject, first = words[language]

    letter = letter_of(walk(people, language), kind)

    reference = letter.complaint.reference
    assert letter.subject == subject.format(r=reference)
    assert paragraphs(letter)[0] == first.format(r=reference)
    assert paragraphs(letter)[-1].splitlines()[1:] == [
        ZONE[language],
        PROMISE[language],
    ]
    assert (letter.version, letter.language) == ("2026.1", language)
    assert letter.sha256 == letters.digest(letter)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CASES)
def test_letter_keeps_the_voice(people: People, kind: str, language: str) -> None:
    letter = letter_of(CASES[kind][0](people, language), kind)

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
    letter = letter_of(CASES[kind][0](people, "en"), kind)

    plain = letter.subject.replace(letter.complaint.reference, "")

    assert not re.search(r"\d|USDT|withdrawal|security|9f3c51", plain, re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", CASES)
def test_sheet_has_the_same_words(people: People, kind: str, language: str) -> None:
    letter = letter_of(CASES[kind][0](people, language), kind)

    page = letters.html(letter)

    assert f'<html lang="{language}">' in page
    shown = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))
    lines = [line for line in letter.body.splitlines() if not re.match("-{2,}$", line)]
    bare = (re.sub(r"^(?:- |\d+\. |> ?)", "", line.strip()) for line in lines)
    assert [line for line in bare if re.sub(r"\s+", " ", line) not in shown] == []


# Receipt (RTS 2025/294 Art 4(3)) ----------------------------------------------------


def test_receipt_holds_contact_date_time_frames_and_copy(people: People) -> None:
    letter = letter_of(cases.filed(people), "receipt")

    assert paragraphs(letter)[1:] == [
        "We received it on 18 November 2026, 09:42. You have our decision by 18 January "
        "2027 at the latest. A complaint costs you nothing.",
        "Whom to ask\n-----------",
        "Complaints department\nE-mail: complaints@recourse.example\n"
        "Telephone: +49 30 23125 100\n"
        "Recourse Exchange, Complaints department, 10115 Berlin, Germany",
        "Write to us by answering this message or here: "
        + LINK.format(reference=letter.complaint.reference),
        "How long it takes\n-----------------",
        "- We confirm that we have it: 1 working day\n"
        "- We say whether we take it up: 3 working days\n"
        "- First answer from the team that works on it: 5 working days\n"
        "- Investigation: 15 working days\n"
        "- Decision, once the investigation is done: 5 working days\n"
        "- Decision at the latest, counted from receipt: 2 months\n"
        "- Carrying out what was decided: 5 working days\n"
        "- Your time to appeal: 60 days\n"
        "- Ruling on an appeal: 30 days",
        "Copy of your complaint\n----------------------",
        "> Withdrawal that I did not make",
        "> 1,860 USDT left my account at night. It was not me.",
        "Points you raised:",
        "> 1. The withdrawal was not mine\n> 2. It should have been held",
        "Amount:",
        "> 1,860.00 USDT",
        "Transactions, orders and addresses:",
        "> 9f3c51aa5a697c (tron)",
        "Complaints department: complaints@recourse.example, +49 30 23125 100.\n"
        f"{ZONE['en']}\n{PROMISE['en']}",
    ]


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


def test_decision_holds_points_reasons_basis_remedies_appeal_and_routes(
    people: People,
) -> None:
    letter = letter_of(cases.at(people, "answered"), "decision")

    link = LINK.format(reference=letter.complaint.reference)
    told = paragraphs(letter)
    assert told[1:16] == [
        "Outcome of the complaint that we received on 18 November 2026: Upheld in part.",
        "What you raised and what we found\n---------------------------------",
        "1. The withdrawal was not mine\n   Finding: Upheld\n   The records show it.",
        "2. It should have been held\n   Finding: Upheld\n   The records show it.",
        "Reasons\n-------",
        "The hold was not applied.",
        "What it rests on\n----------------",
        "- Point 1: There is no evidence on this point.\n"
        "- Point 2: There is no evidence on this point.",
        "Who bears the responsibility\n----------------------------",
        "- The customer: 30 per cent\n- The exchange: 70 per cent",
        "What you receive\n----------------",
        "- Refund: 300.00 USDT\n  Worth 300.00 EUR; 1 USDT = 1.00 EUR, our rate of "
        "18 November 2026, 09:42\n  Done.",
        "What we change\n--------------",
        "The hold now applies to every new address.",
        "If you agree, and if you do not\n-------------------------------",
    ]
    assert told[16] == (
        f"Accept or appeal by 17 January 2027, by answering this message or here: {link} "
        "An appeal costs nothing and is looked at by people who had no part in this "
        "decision. After that day, tell us why it is late."
    )
    routes = profiles.by_key("eu-casp@2026.1").outside_routes
    heads = [part.splitlines()[0] for part in told[19 : 19 + len(routes)]]
    assert heads == [f"- {route.name}" for route in routes]
    assert told[-2].startswith("Decided by: handler, Security team. Approved by: ")


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


def test_decision_that_cannot_be_written_is_not_issued(people: People) -> None:
    case = cases.at(people, "remedying")
    for remedy in case.remedies.all():
        cases.execute(people, remedy)
    case.decisions.update(outcome="")

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
