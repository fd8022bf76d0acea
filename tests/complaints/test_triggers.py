"""Ways round the door, each refused by the database itself or found afterwards."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from complaints import ledger, triggers
from complaints.models import (
    Complaint,
    Event,
    EventText,
    Letter,
    Message,
    Remedy,
    SignOff,
    Stream,
)
from complaints.permissions import viewer_of
from complaints.services import correspond
from complaints.workflow import perform
from tests import cases
from tests.few import few
from tests.people import People

pytestmark = pytest.mark.django_db


def _sql(query: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(query, values)


def _refused(bypass: Any) -> None:
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        bypass()
    assert "recourse" in str(error.value)


def _update(case: Complaint) -> None:
    Complaint.objects.filter(pk=case.pk).update(state="closed")


def _update_with_version(case: Complaint) -> None:
    Complaint.objects.filter(pk=case.pk).update(
        state="closed", version=case.version + 1
    )


def _version_alone(case: Complaint) -> None:
    Complaint.objects.filter(pk=case.pk).update(version=case.version + 1)


def _bulk_update(case: Complaint) -> None:
    case.__dict__["state"] = "closed"
    Complaint.objects.bulk_update([case], ["state"])


def _raw_sql(case: Complaint) -> None:
    _sql("UPDATE complaints_complaint SET state = 'closed' WHERE id = %s", case.pk)


def _method_and_save(case: Complaint) -> None:
    case.withdraw()
    case.save()


def _dict_and_save(case: Complaint) -> None:
    case.__dict__["state"] = "closed"
    case.save()


def _delete(case: Complaint) -> None:
    _sql("DELETE FROM complaints_complaint WHERE id = %s", case.pk)


def _other_reference(case: Complaint) -> None:
    Complaint.objects.filter(pk=case.pk).update(reference="RC-2222-2222")


def _replayed_event(case: Complaint) -> None:
    """The event of an earlier move does not pay for a second one."""
    _sql(
        "UPDATE complaints_complaint SET state = 'investigating',"
        " version = version + 1 WHERE id = %s",
        case.pk,
    )


@pytest.mark.parametrize(
    "bypass",
    [
        _update,
        _update_with_version,
        _version_alone,
        _bulk_update,
        _raw_sql,
        _method_and_save,
        _dict_and_save,
        _delete,
        _other_reference,
        _replayed_event,
    ],
)
def test_state_cannot_be_changed_past_the_door(bypass: Any, case_at: Any) -> None:
    case = case_at("assigned")

    _refused(lambda: bypass(case))

    assert Complaint.objects.get(pk=case.pk).state == "assigned"


@pytest.mark.parametrize("columns", [{"state": "closed"}, {"version": 3}])
def test_row_cannot_be_born_elsewhere(columns: Any, case_at: Any) -> None:
    case = case_at("received")
    kept = {
        field.attname: getattr(case, field.attname)
        for field in Complaint._meta.concrete_fields
        if field.attname not in ("id", "reference")
    }

    _refused(lambda: Complaint(**kept | columns).save(force_insert=True))


def test_assignment_is_refused_in_python(case_at: Any) -> None:
    case = case_at("received")

    with pytest.raises(AttributeError):
        case.state = "closed"
    with pytest.raises(Complaint.DoesNotExist):
        Complaint(pk=0).refresh_from_db()
    with pytest.raises(AttributeError):
        case.state = "closed"


def test_refresh_reads_the_state_again(case_at: Any, people: People) -> None:
    case = case_at("received")
    twin = Complaint.objects.get(pk=case.pk)
    cases.admit(people, twin)

    case.refresh_from_db()

    assert (case.state, case.version) == ("assigned", 1)


@pytest.mark.parametrize(
    "query",
    [
        "UPDATE complaints_event SET what = 'x' WHERE id = %s",
        "UPDATE complaints_event SET payload = '{}' WHERE id = %s",
        "DELETE FROM complaints_event WHERE id = %s",
    ],
)
def test_event_is_neither_edited_nor_deleted(query: str, case_at: Any) -> None:
    event = Event.objects.filter(stream=case_at("assigned").stream).first()

    _refused(lambda: _sql(query, event.pk))


def _forged(case: Complaint, **columns: Any) -> Event:
    last = Event.objects.filter(stream=case.stream).order_by("-seq")[0]
    return Event(
        **{
            "stream": case.stream,
            "seq": last.seq + 1,
            "what": "close",
            "object_type": "complaint",
            "object_id": case.pk,
            "object_version": case.version + 1,
            "source": case.state,
            "target": "closed",
            "actor": last.actor,
            "actor_role": "staff",
            "at": timezone.now(),
            "previous": last.sha256,
            "sha256": "0" * 64,
            "seal": "0" * 64,
            **columns,
        }
    )


def test_event_that_follows_nothing_is_refused(case_at: Any) -> None:
    event = _forged(case_at("assigned"), previous="f" * 64)

    _refused(lambda: event.save(force_insert=True))


def test_event_cannot_take_a_number_twice(case_at: Any) -> None:
    case = case_at("assigned")
    first = Event.objects.get(stream=case.stream, seq=1)
    event = _forged(case, seq=2, previous=first.sha256)

    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)


def test_forged_event_lets_the_state_move_but_is_found(case_at: Any) -> None:
    """Somebody with the database alone cannot seal what they write."""
    case = case_at("assigned")
    event = _forged(case)
    event.sha256 = ledger.digest(event)
    event.save(force_insert=True)
    _sql(
        "UPDATE complaints_complaint SET state = 'closed', version = version + 1"
        " WHERE id = %s",
        case.pk,
    )
    Stream.objects.filter(pk=case.stream).update(seq=event.seq, head=event.sha256)

    faults = [str(fault) for fault in ledger.verify()]

    assert faults == [f"{case.stream} #{event.seq}: was not sealed by this desk"]


def test_edit_behind_the_triggers_is_named(case_at: Any) -> None:
    case = case_at("investigating")
    triggers.remove()
    _sql(
        "UPDATE complaints_event SET what = 'reroute' WHERE stream = %s AND seq = 2",
        case.stream,
    )
    _sql(
        "DELETE FROM complaints_eventtext WHERE event_id IN (SELECT id FROM"
        " complaints_event WHERE stream = %s AND seq = 3)",
        case.stream,
    )
    triggers.install()

    assert [str(fault) for fault in ledger.verify()] == [
        f"{case.stream} #2: was edited"
    ]


def test_deletion_behind_the_triggers_is_named(case_at: Any) -> None:
    case = case_at("investigating")
    triggers.remove()
    _sql("DELETE FROM complaints_event WHERE stream = %s AND seq = 2", case.stream)
    triggers.install()

    assert [str(fault) for fault in ledger.verify()] == [
        f"{case.stream} #2: is missing",
        f"{case.stream} #3: does not follow the event before it",
    ]


def test_cut_tail_is_named(case_at: Any) -> None:
    case = case_at("investigating")
    triggers.remove()
    _sql("DELETE FROM complaints_event WHERE stream = %s AND seq = 3", case.stream)
    triggers.install()

    assert [str(fault) for fault in ledger.verify()] == [
        f"{case.stream} #3: the head does not match the last event"
    ]
    assert [str(fault) for fault in ledger.verify_versions([case])] == [
        f"{case.stream} #2: {case.reference} is not where its events left it"
    ]


def test_text_may_be_emptied_and_not_changed(case_at: Any, people: People) -> None:
    case = case_at("awaiting_customer")
    text = EventText.objects.get(event__stream=case.stream, name="question")

    _refused(lambda: EventText.objects.filter(pk=text.pk).update(text="Other?"))
    EventText.objects.filter(pk=text.pk).update(text="", salt="")

    assert list(ledger.verify()) == []


def test_text_edited_behind_the_triggers_is_named(case_at: Any) -> None:
    case = case_at("awaiting_customer")
    triggers.remove()
    EventText.objects.filter(event__stream=case.stream).update(text="Other?")
    triggers.install()

    assert [str(fault) for fault in ledger.verify()] == [
        f"{case.stream} #4: its text question was edited"
    ]


@pytest.mark.parametrize(
    "model",
    few(
        [Complaint, Remedy, Event, EventText, Stream, Message, Letter, SignOff],
        *(Complaint, Event, SignOff),
    ),
)
def test_nothing_recorded_is_deleted(model: Any, case_at: Any, people: People) -> None:
    case = case_at("awaiting_customer")
    correspond.note(complaint=case, text="A note", actor=people.security)
    full = case_at("remedying")
    assert full.remedies.exists()
    row = model.objects.first()
    if row is None:
        pytest.fail(f"no {model.__name__} to try it on")

    table, key = model._meta.db_table, model._meta.pk.column
    _refused(lambda: _sql(f"DELETE FROM {table} WHERE {key} = %s", row.pk))  # noqa: S608


@pytest.mark.postgres
def test_truncate_is_refused() -> None:
    _refused(lambda: _sql("TRUNCATE complaints_event CASCADE"))


def test_triggers_stand_and_their_absence_is_a_warning() -> None:
    assert triggers.missing() == []
    triggers.remove()
    absent = triggers.missing()

    assert "recourse_complaints_complaint_moved" in absent
    assert [found.id for found in triggers.check_triggers(["default"])] == [
        "complaints.W001"
    ]
    triggers.install()
    assert triggers.check_triggers(["default"]) == []


def test_every_event_names_its_actor(case_at: Any) -> None:
    case = case_at("closed")

    for event in Event.objects.filter(stream=case.stream):
        assert event.actor_id
        assert event.actor_role in ("customer", "staff", "system")


def test_transition_writes_one_event(case_at: Any, people: People) -> None:
    case = case_at("assigned")
    before = Event.objects.filter(stream=case.stream).count()

    event = perform(case, "take", actor=viewer_of(people.security))

    assert Event.objects.filter(stream=case.stream).count() == before + 1
    assert (
        event.what,
        event.source,
        event.target,
        event.actor,
        event.object_version,
    ) == (
        "take",
        "assigned",
        "investigating",
        people.security,
        case.version,
    )


@pytest.mark.parametrize(
    "change",
    [
        "amount = amount * 1000",
        "amount = NULL, rate = NULL",
        "asset = 'BTC'",
        "rate = 0.0001",
        "reporting_value = 1",
        "reporting_value = NULL",
        "destination = 'TMallory'",
        "on_acceptance = (NOT on_acceptance)",
        "executor = 'http'",
    ],
)
@pytest.mark.parametrize("state", ["in_review", "remedying"])
def test_a_remedy_is_never_worth_something_else(
    case_at: Any, state: str, change: str
) -> None:
    remedy = case_at(state).remedies.get()

    query = f"UPDATE complaints_remedy SET {change} WHERE id = %s"  # noqa: S608
    _refused(lambda: _sql(query, remedy.pk))

    again = Remedy.objects.get(pk=remedy.pk)
    assert again.content() == remedy.content()


@pytest.mark.parametrize("column", ["summary", "reasons", "outcome", "cause"])
def test_a_proposed_decision_says_what_was_proposed(case_at: Any, column: str) -> None:
    decision = case_at("in_review").decisions.get()

    _refused(
        lambda: _sql(
            f"UPDATE complaints_decision SET {column} = 'other' WHERE id = %s",  # noqa: S608
            decision.pk,
        )
    )


@pytest.mark.parametrize("table", ["complaints_decision", "complaints_point"])
def test_what_was_decided_is_never_deleted(case_at: Any, table: str) -> None:
    case = case_at("in_review")

    query = f"DELETE FROM {table} WHERE complaint_id = %s"  # noqa: S608
    _refused(lambda: _sql(query, case.pk))


def test_a_message_is_emptied_and_never_reworded(case_at: Any, people: People) -> None:
    case = case_at("investigating")
    message = correspond.customer_writes(
        complaint=case, text="I never agreed.", actor=people.customer
    )

    for change in ({"text": "I agreed."}, {"direction": "out"}):
        _refused(lambda c=change: Message.objects.filter(pk=message.pk).update(**c))
    Message.objects.filter(pk=message.pk).update(text="")

    assert Message.objects.get(pk=message.pk).text == ""
