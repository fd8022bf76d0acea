"""Letters on paper: asked for, posted, on record, and the acknowledgement of some."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from complaints.errors import InvalidInput, NotPermitted, NotVisible
from complaints.models import (
    Clock,
    Complaint,
    ContactDetails,
    Event,
    Letter,
    Outbox,
    Party,
)
from complaints.permissions import viewer_of
from complaints.registry import lacks_of
from complaints.selectors.timeline import customer_timeline, staff_timeline
from complaints.services import paper_reminders
from complaints.services.paper import ask_for_paper, record_posted
from complaints.states import Step
from tests import cases
from tests.people import People

NOW = datetime(2026, 11, 18, 8, 42, tzinfo=UTC)
TODAY = date(2026, 11, 18)
STREET = {"street": "Lindenweg 4", "postcode": "10115", "city": "Berlin"}


@pytest.fixture(autouse=True)
def _morning() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def by_post(people: People, **party: Any) -> Complaint:
    """A complaint by letter of somebody who gave no e-mail address."""
    who = Party.objects.create(last_name="Wang", first_name="Wei", **STREET | party)
    return cases.filed(people, customer=who, channel="letter", actor=people.support)


def events(case: Complaint, *names: str) -> list[Event]:
    return list(
        Event.objects.filter(stream=case.stream, what__in=names).order_by("seq")
    )


def acknowledge(case: Complaint) -> Clock:
    return Clock.objects.get(complaint=case, step=Step.ACKNOWLEDGE)


# Owed by itself -----------------------------------------------------------------------


def test_receipt_of_who_has_no_mail_goes_on_paper(people: People) -> None:
    case = by_post(people)

    row = case.letters.get().dispatches.get()

    assert row.address == "Wei Wang\nLindenweg 4\n10115 Berlin"
    assert (row.asked_by.is_system, row.asked_at, row.posted_on) == (True, NOW, None)
    assert not case.outbox.exists()


def test_nothing_goes_on_paper_to_who_reads_mail(people: People) -> None:
    case = cases.filed(people)
    Party.objects.filter(pk=case.customer_id).update(**STREET)

    later = cases.filed(people)

    assert not later.letters.get().dispatches.exists()


def test_nothing_goes_on_paper_where_no_address_is_known(people: People) -> None:
    case = by_post(people, street="")

    assert not case.letters.get().dispatches.exists()


def test_other_address_of_the_form_comes_first(people: People) -> None:
    case = by_post(people)
    ContactDetails.objects.create(
        complaint=case, last_name="Li", street="Hafen 1", city="Kiel"
    )

    row = ask_for_paper(letter=case.letters.get(), actor=people.support)

    assert row.address == "Wei Wang\nLindenweg 4\n10115 Berlin"  # the one owed already
    posted(people, case)
    again = ask_for_paper(letter=case.letters.get(), actor=people.support)
    assert again.address == "Li\nHafen 1\nKiel"


# Asking -------------------------------------------------------------------------------


def test_customer_asks_for_paper(people: People) -> None:
    case = cases.filed(people)

    row = ask_for_paper(
        letter=case.letters.get(),
        actor=people.customer,
        address=" Wei  Wang \r\n\r\nLindenweg 4\r\n10115 Berlin ",
    )

    assert row.address == "Wei Wang\nLindenweg 4\n10115 Berlin"
    assert row.asked_by == people.customer
    (event,) = events(case, "paper_asked")
    assert event.payload == {"letter": row.letter_id, "kind": "receipt"}


def test_asking_again_while_it_is_owed_asks_once(people: People) -> None:
    case = cases.filed(people)
    letter = case.letters.get()

    rows = {
        ask_for_paper(letter=letter, actor=people.customer, address=where).pk
        for where in ("A 1\nBerlin", "B 2\nBerlin")
    }

    assert len(rows) == 1
    assert len(events(case, "paper_asked")) == 1


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "empty"),
        (" \n \n", "empty"),
        ("a\n" * 9, "too_long"),
        ("a" * 401, "too_long"),
    ],
)
def test_address_must_fit_on_an_envelope(
    people: People, address: str, code: str
) -> None:
    letter = cases.filed(people).letters.get()

    with pytest.raises(InvalidInput) as refusal:
        ask_for_paper(letter=letter, actor=people.customer, address=address)

    assert (refusal.value.field, refusal.value.reason) == ("address", code)


@pytest.mark.parametrize("name", ["other_customer", "outsider", "tech", "risk"])
def test_letter_of_another_case_does_not_exist(people: People, name: str) -> None:
    letter = cases.filed(people).letters.get()
    stranger = getattr(people, name)

    with pytest.raises(NotVisible):
        ask_for_paper(letter=letter, actor=stranger, address="A 1\nBerlin")


# Posting ------------------------------------------------------------------------------


def posted(people: People, case: Complaint, **given: Any) -> Any:
    return record_posted(
        letter=case.letters.get(kind="receipt"),
        actor=people.support,
        **{"posted_on": TODAY, "tracking": "RR 123 456 789 DE", **given},
    )


def test_posting_is_on_record(people: People) -> None:
    case = by_post(people)

    row = posted(people, case)

    assert (row.posted_on, row.posted_by, row.recorded_at, row.tracking) == (
        TODAY,
        people.support,
        NOW,
        "RR 123 456 789 DE",
    )
    (event,) = events(case, "letter_posted")
    assert (event.actor, event.payload["posted_on"]) == (people.support, "2026-11-18")
    assert event.payload["sha256"] == row.letter.sha256
    assert "RR 123" not in str(event.payload)
    assert event.texts.get().text == "RR 123 456 789 DE"


def test_posted_receipt_acknowledges_and_stops_the_clock(people: People) -> None:
    case = by_post(people)
    assert acknowledge(case).stopped_at is None

    posted(people, case)

    assert acknowledge(case).stopped_at == NOW
    (event,) = events(case, "acknowledged")
    assert event.payload == {"letter": case.letters.get().pk, "by": "post"}
    assert not events(case, "breach")


def test_receipt_posted_too_late_is_a_miss(people: People) -> None:
    case = by_post(people)
    late = NOW + timedelta(days=6)

    posted(people, case, now=late, posted_on=late.date())

    (event,) = events(case, "breach")
    assert event.payload["step"] == "acknowledge"


def test_second_copy_acknowledges_no_second_time(people: People) -> None:
    case = by_post(people)

    posted(people, case)
    posted(people, case)

    assert case.letters.get().dispatches.count() == 2
    assert len(events(case, "acknowledged")) == 1


def test_other_letter_acknowledges_nothing(people: People) -> None:
    case = by_post(people)
    cases.admit(people, case)
    letter: Letter = case.letters.get(kind="admissible")

    record_posted(letter=letter, posted_on=TODAY, actor=people.security)

    assert not events(case, "acknowledged")
    assert acknowledge(case).stopped_at is None


@pytest.mark.parametrize("days", [-1, 1])
def test_letter_is_posted_between_its_date_and_today(people: People, days: int) -> None:
    case = by_post(people)

    with pytest.raises(InvalidInput) as refusal:
        posted(people, case, posted_on=TODAY + timedelta(days=days))

    assert refusal.value.field == "posted_on"
    assert case.letters.get().dispatches.get().posted_on is None


def test_tracking_number_has_an_end(people: People) -> None:
    with pytest.raises(InvalidInput) as refusal:
        posted(people, by_post(people), tracking="1" * 65)

    assert refusal.value.field == "tracking"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("customer", NotPermitted),
        ("outsider", NotPermitted),
        ("risk", NotVisible),
        ("reviewer", NotPermitted),
    ],
)
def test_posting_is_recorded_by_who_speaks_for_the_case(
    people: People, name: str, error: type[Exception]
) -> None:
    case = cases.filed(people)
    letter = case.letters.get()

    with pytest.raises(error):
        record_posted(letter=letter, posted_on=TODAY, actor=getattr(people, name))

    assert not letter.dispatches.exists()


# Telling ------------------------------------------------------------------------------


def test_timeline_tells_of_paper(people: People) -> None:
    case = cases.filed(people)
    letter = case.letters.get()
    ask_for_paper(letter=letter, actor=people.customer, address="A 1\nBerlin")
    posted(people, case)

    told = customer_timeline(case, viewer_of(people.customer))
    inside = staff_timeline(case, viewer_of(people.support))

    sentences = [(one.kind, one.sentence) for one in told]
    assert ("from_customer", "You asked for a letter on paper.") in sentences
    assert ("system", "We sent you a letter by post.") in sentences
    known = {one.sentence: one for one in inside}
    assert known["posted a letter on paper"].body == "RR 123 456 789 DE"
    assert known["posted a letter on paper"].who == "Support"


# Support posts for every team ---------------------------------------------------------


def with_security(people: People) -> Complaint:
    """A letter of a case that support sees in no more than its public status."""
    case = by_post(people)
    cases.admit(people, case)
    case.refresh_from_db()
    return case


def test_support_posts_for_a_team_without_seeing_the_case(people: People) -> None:
    case = with_security(people)
    assert not case.__class__.objects.visible_to(viewer_of(people.support)).exists()

    for letter in case.letters.all():
        record_posted(letter=letter, posted_on=TODAY, actor=people.support)

    assert acknowledge(case).stopped_at == NOW
    with pytest.raises(NotVisible):  # it waits no longer
        record_posted(
            letter=case.letters.all()[0], posted_on=TODAY, actor=people.support
        )


def test_nobody_else_posts_for_other_teams(people: People) -> None:
    case = with_security(people)
    letter = case.letters.all()[0]

    for person in (people.risk, people.reviewer, people.outsider):
        with pytest.raises((NotVisible, NotPermitted)):
            record_posted(letter=letter, posted_on=TODAY, actor=person)


def test_barred_case_is_posted_by_its_own_people_alone(people: People) -> None:
    case = with_security(people)
    Complaint.objects.filter(pk=case.pk).update(barrier="legal")

    with pytest.raises(NotVisible):
        record_posted(
            letter=case.letters.all()[0], posted_on=TODAY, actor=people.support
        )


def test_receipt_without_address_is_handed_over(people: People) -> None:
    case = by_post(people, street="")
    assert lacks_of(case)

    record_posted(letter=case.letters.get(), posted_on=TODAY, actor=people.support)

    (event,) = events(case, "acknowledged")
    assert event.payload["by"] == "hand"
    assert acknowledge(case).stopped_at == NOW
    assert not lacks_of(case)


def test_nothing_is_lacking_where_paper_is_on_its_way(people: People) -> None:
    assert not lacks_of(by_post(people))
    assert not lacks_of(cases.filed(people))


# Paper that waits ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "told"),
    [(0, ()), (1, ("support_lead",)), (4, ("support_lead", "head"))],
)
def test_waiting_paper_is_reminded_of_once_a_day(
    people: People, days: int, told: tuple[str, ...]
) -> None:
    by_post(people)
    by_post(people)
    now = NOW + timedelta(days=days)

    for _scan in range(2):
        assert paper_reminders.remind(now=now) == (2 if days else 0)

    rows = Outbox.objects.filter(key__startswith="paper:")
    assert {row.recipient for row in rows} == {
        getattr(people, name).email for name in told
    }
    assert rows.count() == len(told)
    for row in rows:
        assert row.body.startswith("2 letters wait to be printed and posted")
        assert "/admin/complaints/complaint/paper/" in row.body
