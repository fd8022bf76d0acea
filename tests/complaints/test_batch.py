"""Rows kept in one statement: what goes in comes out, on both databases."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from complaints import batch, ledger
from complaints.models import (
    Clock,
    Complaint,
    Contact,
    Event,
    Letter,
    LetterPdf,
    Outbox,
    Party,
    SearchWords,
)
from complaints.permissions import Viewer
from complaints.services import intake
from complaints.services.intake import Filing
from teams.models import Team
from teams.system import system_actor

AT = datetime(2026, 3, 2, 9, 0, 0, 120, tzinfo=UTC)
HOSTILE = '\'); DROP TABLE x; -- "%s" %% \\ 漢字 🙂 \n'


def notice(key: str, **columns: Any) -> Outbox:
    return Outbox(key=key, kind="staff", due_at=AT, created_at=AT, **columns)


def letter(case: Complaint, **columns: Any) -> Letter:
    plain = {"kind": "reply", "version": "1", "language": "en", "subject": "s"}
    return Letter(complaint=case, written_at=AT, **plain | columns)


@pytest.fixture
def case(db: None) -> Complaint:
    """A complaint of every kind of column, beside its customer, all of them new."""
    with transaction.atomic(), batch.together(Party, Complaint):
        party = intake.new_guest(email="ann@customers.example", name=HOSTILE)
        found = Complaint(
            customer=party,
            channel="email",
            received_at=AT,
            subject=HOSTILE,
            description=HOSTILE,
            amount=Decimal("12345678901234567.123456789012345678"),
            facts_from=AT.date(),
            team=Team.objects.get(code="support"),
            profile_key="eu-casp",
            recorded_by=system_actor(),
        )
        batch.number(found)
        batch.add(party, *party.contacts.all(), found)
    return found


def test_every_kind_of_column_comes_back_as_it_went_in(case: Complaint) -> None:
    kept = Complaint.objects.get()

    for field in Complaint._meta.concrete_fields:
        assert getattr(kept, field.attname) == getattr(case, field.attname), field.name
    assert kept.customer.last_name == HOSTILE
    assert kept.customer.created_at is not None
    assert Contact.objects.get().party == kept.customer


def test_durations_payloads_and_words_come_back(case: Complaint) -> None:
    facts = {"text": HOSTILE, "list": [1, None, True], "inner": {"a": "1.50"}}
    stood = timedelta(days=2, microseconds=7)
    clock = Clock(complaint=case, step="admit", started_at=AT, due_at=AT)
    clock.paused_total = stood
    words = SearchWords(complaint=case, source="complaint", source_id=case.pk)
    words.words = " 提现 现失 失败 usdt "
    with batch.together():
        batch.add(clock, letter(case, facts=facts), words)

    assert Clock.objects.get().paused_total == stood
    assert Clock.objects.get().remaining is None
    assert Letter.objects.get().facts == facts
    assert SearchWords.objects.filter(words__phrase="现失 失败").exists()
    assert clock.pk == Clock.objects.get().pk


def test_rows_of_one_model_learn_their_own_keys(case: Complaint) -> None:
    with batch.together():
        one, two = letter(case, subject="one"), letter(case, subject="two")
        batch.add(one, notice("a"), two)

    assert list(Letter.objects.order_by("pk").values_list("pk", "subject")) == [
        (one.pk, "one"),
        (two.pk, "two"),
    ]
    assert not one._state.adding


def test_row_that_was_given_another_before_its_key(case: Complaint) -> None:
    fresh = letter(case)
    copy = LetterPdf(letter=fresh, part="letter", asked_at=AT)
    assert copy.letter_id is None
    with batch.together():
        batch.number(fresh)
        batch.add(fresh, copy)

    assert LetterPdf.objects.get().letter == fresh


def test_event_that_follows_waiting_ones_comes_after_them(case: Complaint) -> None:
    viewer = Viewer(user=system_actor())
    said = [
        ledger.Entry(what, viewer, AT, {}, {"why": HOSTILE} if what == "two" else {})
        for what in ("one", "two", "three", "four")
    ]
    with transaction.atomic(), batch.together():
        ledger.begin("desk:test", said[:2])
        ledger.append("desk:test", said[2])
        ledger.append_each({"desk:test": said[3:]})

    assert [e.what for e in Event.objects.filter(stream="desk:test")] == [
        *("one", "two", "three", "four")
    ]
    assert list(ledger.verify()) == []


def test_known_cause_is_left_out_and_the_rest_is_kept(case: Complaint) -> None:
    batch.add(notice("a", body="first"), once=True)
    with batch.together():
        batch.add(letter(case))
        batch.add(notice("a", body="second"), notice("b"), once=True)

    found = Outbox.objects.order_by("pk").values_list("key", "body")
    assert list(found) == [("a", "first"), ("b", "")]
    assert Letter.objects.count() == 1


def test_what_waits_is_there_once_it_is_asked_for(case: Complaint) -> None:
    with batch.together(Letter):
        fresh = letter(case)
        batch.number(fresh)
        batch.add(fresh, notice("a"))
        batch.flush()
        assert Letter.objects.get().pk == fresh.pk
        batch.add(notice("b"))

    assert Outbox.objects.count() == 2


def test_nothing_is_kept_of_a_batch_that_failed(db: None) -> None:
    def fail() -> None:
        with transaction.atomic(), batch.together():
            batch.add(notice("a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    batch.flush()
    assert not Outbox.objects.exists()


def test_row_that_breaks_a_rule_takes_all_with_it(case: Complaint) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), batch.together():
        batch.add(letter(case), notice("a"), notice("a"))

    assert not Letter.objects.exists()
    assert not Outbox.objects.exists()


def test_filing_again_after_its_number_was_taken(
    db: None, monkeypatch: pytest.MonkeyPatch, case: Complaint
) -> None:
    """The guest who was met for the first try is there for the second."""
    numbers = iter([case.reference, "RC-2222-2222"])
    field = Complaint._meta.get_field("reference")
    monkeypatch.setattr(field, "_get_default", lambda: next(numbers))
    with batch.together(Party, Complaint, Letter):
        guest = intake.new_guest(email="bob@customers.example")
        filing = Filing(
            customer=guest, channel="email", subject="s", description="d", language="en"
        )
        filed = intake.file_complaint(filing=filing, actor=system_actor())

    assert filed.reference == "RC-2222-2222"
    assert filed.customer.contacts.get().value == "bob@customers.example"
    assert Event.objects.filter(stream=filed.stream).count() == 1
    assert filed.outbox.get().recipient == "bob@customers.example"
    assert filed.search_words.count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="means it there only")
def test_new_rows_are_one_statement(
    case: Complaint, django_assert_num_queries: Any
) -> None:
    with batch.together():
        batch.add(letter(case), notice("x"))  # planned by now
    with django_assert_num_queries(1), batch.together():
        batch.add(letter(case), notice("a"))
