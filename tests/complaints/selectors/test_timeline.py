"""Two stories of one case: nothing of the inside in the customer's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from complaints.errors import NotVisible
from complaints.models import Complaint, Event, Letter, Message, RawMessage
from complaints.permissions import viewer_of
from complaints.selectors.sentences import FOR_CUSTOMER, FOR_STAFF
from complaints.selectors.timeline import (
    TimelineEntry,
    customer_timeline,
    staff_timeline,
)
from complaints.services import correspond, protect
from complaints.services.evidence import Upload, add_evidence
from complaints.workflow import perform
from teams.models import User
from tests.people import People

CaseAt = Callable[..., Complaint]
STATES = [
    "received",
    "inadmissible",
    "investigating",
    "awaiting_customer",
    "in_review",
    "remedying",
    "answered",
    "appealed",
    "closed",
    "withdrawn",
    "merged",
]


def of_customer(case: Complaint, user: User) -> list[TimelineEntry]:
    return customer_timeline(case, viewer_of(user))


def said(entries: list[TimelineEntry]) -> list[tuple[str, str, str]]:
    return [(entry.who, entry.sentence, entry.body) for entry in entries]


def test_customer_reads_the_story_newest_first(people: People, case_at: CaseAt) -> None:
    case = case_at("awaiting_customer")
    correspond.customer_writes(complaint=case, text="I slept.", actor=people.customer)
    correspond.reply(complaint=case, text="Thank you.", actor=people.security)

    entries = of_customer(case, people.customer)

    handler = "Handler, Security team"
    assert said(entries) == [
        ("", "Your answer.", ""),
        ("", "Decision with reasons, at the latest.", ""),
        (handler, "wrote to you", "Thank you."),
        ("", "You wrote", "I slept."),
        (handler, "asked you one question", "When?"),
        (handler, "took it on.", ""),
        ("", "Your complaint was admitted. The Security team is looking into it.", ""),
        ("", "We received your complaint and sent an acknowledgement.", ""),
    ]
    kinds = [entry.kind for entry in entries]
    past = ["person", "from_customer", "person", "person", "system", "system"]
    assert kinds == ["future", "future", *past]


@pytest.mark.parametrize("state", STATES)
def test_customer_never_reads_names_notes_or_inner_steps(
    people: People, case_at: CaseAt, state: str
) -> None:
    case = case_at(state)
    if state not in ("merged", "received", "inadmissible", "withdrawn"):
        correspond.note(complaint=case, text="SECRET", actor=people.security)

    entries = of_customer(case, people.customer)

    words = " ".join(part for entry in said(entries) for part in entry)
    assert entries
    for name in ("SECRET", "Security_Lead", "Compliance_Officer", "Executor", "signed"):
        assert name not in words
    moments = [entry.at for entry in entries if entry.kind != "future"]
    assert moments == sorted(moments, reverse=True)  # type: ignore[type-var]


@pytest.mark.parametrize("state", STATES)
def test_staff_read_every_event_of_the_case(
    people: People, case_at: CaseAt, state: str
) -> None:
    case = case_at(state)
    viewer = viewer_of(people.head)

    entries = staff_timeline(case, viewer)

    hidden = ("message_in", "message_out", "note", "lodge_appeal")
    events = Event.objects.filter(stream=case.stream).exclude(what__in=hidden)
    past = [entry for entry in entries if entry.kind != "future"]
    assert len(past) >= events.count()


def test_staff_read_names_notes_and_what_was_asked(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("awaiting_customer")
    correspond.note(complaint=case, text="Look at E2.", actor=people.security)

    entries = staff_timeline(case, viewer_of(people.security))

    note, question = [entry for entry in entries if entry.kind != "future"][:2]
    assert (note.kind, note.who, note.body) == ("internal", "Security", "Look at E2.")
    assert question.body == "When?"
    assert question.sentence.startswith("asked the customer one question; internal")


def test_letters_and_files_lead_to_themselves(people: People, case_at: CaseAt) -> None:
    case = case_at("investigating")
    png = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
    upload = Upload(name="notice.png", content=png)
    file = add_evidence(complaint=case, upload=upload, actor=people.customer)

    entries = of_customer(case, people.customer)

    links = {(entry.url_kind, entry.url_id) for entry in entries if entry.url_kind}
    letters = Letter.objects.filter(complaint=case).values_list("pk", flat=True)
    assert links == {("evidence", file.pk), *(("letter", pk) for pk in letters)}
    first = next(entry for entry in entries if entry.url_kind == "evidence")
    assert first.sentence == "You added a file: notice.png."


def test_silence_until_the_date_is_said_so(people: People, case_at: CaseAt) -> None:
    from complaints.services.clocks import sweep

    case = case_at("awaiting_customer")
    sweep(now=case.clocks.get(step="answer_customer").due_at)

    words = [entry.sentence for entry in of_customer(case, people.customer)]
    assert "No answer reached us by the date, so we go on with what we have." in words


def test_interim_measure_is_told(people: People, case_at: CaseAt) -> None:
    case = case_at("investigating")
    protect.impose(
        complaint=case, kind="freeze", reason="At risk", actor=people.security
    )

    entries = of_customer(case, people.customer)

    told = [entry.sentence for entry in entries if entry.kind == "system"]
    assert told[0] == "To protect your account: Account frozen."


@pytest.mark.parametrize("name", ["other_customer", "outsider", "tech"])
def test_nobody_else_reads_either_story(
    people: People, case_at: CaseAt, name: str
) -> None:
    case = case_at("investigating")
    viewer = viewer_of(getattr(people, name))
    for story in (customer_timeline, staff_timeline):
        with pytest.raises(NotVisible):
            story(case, viewer)


def test_customer_does_not_read_the_staff_story(
    people: People, case_at: CaseAt
) -> None:
    with pytest.raises(NotVisible):
        staff_timeline(case_at("investigating"), viewer_of(people.customer))


def test_support_reads_the_public_story_of_any_case(
    people: People, case_at: CaseAt
) -> None:
    assert customer_timeline(case_at("closed"), viewer_of(people.support))


@pytest.mark.parametrize("name", ["customer", "security"])
def test_queries_do_not_grow_with_the_story(
    people: People, case_at: CaseAt, name: str
) -> None:
    case = case_at("investigating")
    viewer = viewer_of(getattr(people, name))
    story: Callable[..., Any] = (
        customer_timeline if name == "customer" else staff_timeline
    )

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            story(case, viewer)
        return len(seen)

    short = cost()
    for number in range(12):
        correspond.note(complaint=case, text=f"Note {number}", actor=people.security)
        correspond.reply(complaint=case, text=f"Hello {number}", actor=people.security)
    assert (cost(), short <= 9) == (short, True)


def test_future_is_said_by_its_last_day(people: People, case_at: CaseAt) -> None:
    case = case_at("investigating")
    law = case.clocks.get(step="statutory_decision")
    last = date(timezone.now().year + 1, 1, 18)
    law.due_at = datetime.combine(last, time(23), UTC)
    law.save()

    (future,) = [
        entry
        for entry in of_customer(case, people.customer)
        if entry.sentence.startswith("Decision")
    ]
    assert future.at == last


def test_every_sentence_fills_its_gaps_in_both_languages(
    people: People, case_at: CaseAt
) -> None:
    from complaints.selectors.sentences import Book, says

    case = case_at("received")
    event = Event.objects.filter(stream=case.stream)[0]
    book = Book({}, {}, {}, "portal")
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for table in (FOR_CUSTOMER, FOR_STAFF):
                for event.object_type, event.what in table:
                    assert says(event, book, table)


def test_reopening_is_told_to_both(people: People, case_at: CaseAt) -> None:
    case = case_at("closed")
    perform(case, "reopen", actor=people.security_lead, reason="New facts")

    story = staff_timeline(case, viewer_of(people.security))
    reopened = next(entry for entry in story if entry.sentence == "reopened the case")
    assert (reopened.who, reopened.body) == ("Security_Lead", "New facts")
    told = [entry.sentence for entry in of_customer(case, people.customer)]
    assert "The complaint was opened again." in told


def _came(case: Complaint, text: str, sent: datetime, came: datetime) -> None:
    raw = RawMessage.objects.create(
        provider="telegram",
        account="bot",
        external_id=text,
        raw=b"{}",
        raw_sha256="0" * 64,
        received_at=sent,
        outcome="appended",
        complaint=case,
    )
    Message.objects.create(
        complaint=case,
        direction="inbound",
        channel="telegram",
        author=case.customer.user,
        text=text,
        at=came,
        raw=raw,
    )


def test_messages_stand_as_they_were_sent_and_one_that_came_late_says_so(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("investigating")
    noon = datetime(2026, 12, 1, 12, tzinfo=UTC)
    minutes = timedelta(minutes=1)
    _came(case, "second", noon + minutes, noon + 2 * minutes)
    _came(case, "first", noon, noon + 3 * minutes)
    _came(case, "of days ago", noon - timedelta(days=3), noon + 4 * minutes)

    staff = staff_timeline(case, viewer_of(people.security))
    told = [(one.sentence, one.body, one.at) for one in staff if one.body]
    read = [one.sentence for one in of_customer(case, people.customer) if one.body]

    late = "(of 28 Nov 2026, 12:00, taken in late)"
    assert told == [
        (f"wrote by Telegram {late}", "of days ago", noon + 4 * minutes),
        ("wrote by Telegram", "second", noon + minutes),
        ("wrote by Telegram", "first", noon),
    ]
    assert read == [f"You wrote {late}", "You wrote", "You wrote"]
