"""Lodging: the window, the late reason, one appeal a decision, the frozen file."""

from datetime import timedelta
from typing import Any

import pytest

from appeals.models import Appeal, FiledItem
from appeals.services import NewGround, file, frozen_items, lodge, new_since, unfaithful
from complaints import triggers
from complaints.errors import GuardRefused, IllegalMove, InvalidInput, NotVisible
from complaints.models import CaseAccess, Complaint, Event, Stream
from complaints.permissions import viewer_of
from complaints.services import correspond, evidence
from complaints.services.evidence import Upload
from complaints.states import AppealState, State, Step
from complaints.workflow import perform
from teams.roles import Perm
from tests.appeals import walk
from tests.people import People

SECOND = timedelta(seconds=1)


def _window_end(case: Complaint) -> Any:
    return case.clocks.get(step=Step.APPEAL_WINDOW, stopped_at=None).due_at


@pytest.mark.parametrize(
    ("offset", "in_time"),
    [(-SECOND, True), (timedelta(0), False), (SECOND, False)],
)
def test_window_ends_at_its_instant(
    offset: timedelta, in_time: bool, case_at: Any
) -> None:
    case = case_at(State.ANSWERED)

    row = walk.appeal(case, now=_window_end(case) + offset, late_reason="I was ill.")

    assert row.in_time is in_time


def test_late_appeal_needs_a_reason(case_at: Any) -> None:
    case = case_at(State.ANSWERED)
    events = Event.objects.count()

    with pytest.raises(InvalidInput) as refused:
        walk.appeal(case, now=_window_end(case))

    assert (refused.value.field, refused.value.reason) == ("late_reason", "late")
    case.refresh_from_db()
    assert case.state == State.ANSWERED
    assert (Appeal.objects.count(), Event.objects.count()) == (0, events)


def test_accepted_decision_is_appealed_late(people: People, case_at: Any) -> None:
    """Accepting ends the window; changing one's mind needs a reason."""
    case = case_at(State.CLOSED)

    row = walk.appeal(case, late_reason="I did not know of the second transfer.")

    assert row.in_time is False
    assert case.state == State.APPEALED


def test_complaint_and_appeal_change_together(people: People, case_at: Any) -> None:
    case = case_at(State.ANSWERED)
    end = Stream.objects.get(pk=case.stream)

    row = walk.appeal(case, desired_outcome="The whole loss.")

    assert case.state == State.APPEALED
    assert case.state_before == State.ANSWERED
    assert row.state == AppealState.LODGED
    assert row.decision == case.decisions.get()
    assert row.first_proposer == people.security
    assert (row.file_seq, row.file_head) == (end.seq, end.head)
    assert row.lodged_by == people.customer
    assert not case.clocks.filter(step=Step.APPEAL_WINDOW, stopped_at=None).exists()
    clock = case.clocks.get(step=Step.APPEAL_ADMIT)
    assert (clock.subject, clock.stopped_at) == (str(row.pk), None)
    born = Event.objects.get(stream=case.stream, what="appeal_lodged")
    assert born.payload == {
        "appeal": row.pk,
        "decision": 1,
        "grounds": ["remedy_too_small"],
        "in_time": True,
        "file": row.file.count(),
        "file_sha256": file.list_hash(list(row.file.all())),
    }


def test_appeal_against_a_refusal_names_no_decision(case_at: Any) -> None:
    row = walk.appeal(case_at(State.INADMISSIBLE))

    assert row.decision is None
    assert row.first_proposer is None
    assert row.is_against_refusal


@pytest.mark.parametrize("state", [State.ANSWERED, State.INADMISSIBLE])
def test_one_appeal_a_decision(state: str, people: People, case_at: Any) -> None:
    case = case_at(state)
    row = walk.appeal(case)
    perform(row, "withdraw", actor=people.customer)
    case.refresh_from_db()

    assert case.appeal_exhausted()
    with pytest.raises(GuardRefused) as refused:
        walk.appeal(case)

    assert [r.code for r in refused.value.refusals] == ["appeal_used"]
    assert Appeal.objects.count() == 1


def test_second_press_finds_the_case_under_appeal(case_at: Any) -> None:
    case = case_at(State.ANSWERED)
    walk.appeal(case)

    with pytest.raises(IllegalMove):
        walk.appeal(case)

    assert Appeal.objects.count() == 1


@pytest.mark.parametrize(
    "state", [State.RECEIVED, State.INVESTIGATING, State.WITHDRAWN]
)
def test_nothing_is_appealed_before_it_is_decided(state: str, case_at: Any) -> None:
    with pytest.raises(IllegalMove):
        walk.appeal(case_at(state))


def test_strangers_see_no_case_to_appeal(people: People, case_at: Any) -> None:
    case = case_at(State.ANSWERED)
    for user in (people.other_customer, people.outsider, people.tech):
        with pytest.raises(NotVisible):
            walk.appeal(case, actor=user)


def test_staff_lodge_only_with_the_customers_word(people: People, case_at: Any) -> None:
    case = case_at(State.ANSWERED)
    with pytest.raises(GuardRefused):
        walk.appeal(case, actor=people.support)

    row = walk.appeal(case, actor=people.support, customer_word="Rang at 14:20.")

    assert row.lodged_by == people.support


@pytest.mark.parametrize(
    ("grounds", "reason"),
    [
        ([], "empty"),
        ([NewGround(kind="facts_wrong", text="  ")], "empty"),
        ([NewGround(kind="because", text="So.")], "invalid"),
        ([NewGround(kind="facts_wrong", text="x" * 20_001)], "too_long"),
        ([NewGround(kind="facts_wrong", text="x\x00y")], "invalid"),
        ([NewGround(kind="facts_wrong", text="So.")] * 31, "invalid"),
    ],
    ids=["none", "blank", "unknown", "huge", "nul", "many"],
)
def test_bad_grounds_change_nothing(
    grounds: list[NewGround], reason: str, case_at: Any
) -> None:
    case = case_at(State.ANSWERED)

    with pytest.raises(InvalidInput) as refused:
        walk.appeal(case, grounds=grounds)

    assert (refused.value.field, refused.value.reason) == ("grounds", reason)
    case.refresh_from_db()
    assert case.state == State.ANSWERED


def test_ground_on_a_point_of_another_case_is_refused(case_at: Any) -> None:
    case, other = case_at(State.ANSWERED), case_at(State.RECEIVED)
    ground = NewGround(kind="facts_wrong", text="So.", point=other.points.first())

    with pytest.raises(InvalidInput):
        walk.appeal(case, grounds=[ground])


def test_reviewer_and_lead_are_let_in_and_others_are_not(
    people: People, case_at: Any
) -> None:
    case = case_at(State.ANSWERED)

    row = walk.appeal(case)

    shares = CaseAccess.objects.filter(complaint=case, kind="appeal", revoked_at=None)
    assert {(s.user_id, s.codename) for s in shares} == {
        (people.appeals_2.pk, ""),
        (None, Perm.LEAD),
    }
    seen = {
        name
        for name, user in people.all().items()
        if Appeal.objects.visible_to(viewer_of(user)).filter(pk=row.pk).exists()
    }
    assert {"appeals", "appeals_2", "customer"} <= seen
    assert not {"appeals_3", "outsider", "other_customer", "tech", "risk"} & seen


def test_file_equals_the_documents_and_their_hashes(
    people: People, case_at: Any
) -> None:
    case = case_at(State.ANSWERED)
    correspond.note(complaint=case, text="Look at the hold.", actor=people.security)
    sealed = evidence.add_evidence(
        complaint=case, upload=Upload("log.txt", b"line"), actor=people.customer
    )

    row = walk.appeal(case)

    rows = frozen_items(row)
    kinds = [item.kind for item in rows]
    assert [item.number for item in rows] == list(range(1, len(rows) + 1))
    assert kinds.count("note") == 1
    assert kinds.count("evidence") == 1
    assert (
        kinds.count("letter")
        == case.letters.filter(written_at__lt=row.lodged_at).count()
    )
    hashes = {(item.kind, item.object_id): item.sha256 for item in rows}
    decision = case.decisions.get()
    events = Event.objects.filter(stream=case.stream, seq__lte=row.file_seq)
    assert [i.object_id for i in rows if i.kind == "event"] == [e.pk for e in events]
    assert events.count() == row.file_seq
    assert {hashes["event", e.pk] for e in events} == {e.sha256 for e in events}
    assert hashes["evidence", sealed.pk] == sealed.sha256
    assert hashes["decision", decision.pk] == decision.content_hash
    assert unfaithful(row) == []


def test_customers_copy_of_the_file_has_no_internal_documents(
    people: People, case_at: Any
) -> None:
    case = case_at(State.ANSWERED)
    correspond.note(complaint=case, text="Look at the hold.", actor=people.security)
    evidence.add_evidence(
        complaint=case, upload=Upload("trace.txt", b"internal"), actor=people.security
    )

    row = walk.appeal(case)

    kinds = {item.kind for item in frozen_items(row, for_customer=True)}
    assert not kinds & {"note", "decision", "evidence", "event"}
    assert "complaint" in kinds


def test_later_documents_are_new_and_not_in_the_file(
    people: People, case_at: Any
) -> None:
    case = case_at(State.ANSWERED)
    row = walk.appeal(case)
    before = list(row.file.values_list("pk", "sha256"))

    message = correspond.customer_writes(
        complaint=case, text="One thing more.", actor=people.customer
    )

    assert (
        list(FiledItem.objects.filter(appeal=row).values_list("pk", "sha256")) == before
    )
    assert ("message_in", message.pk) in {
        (item.kind, item.object_id) for item in new_since(row)
    }


def test_changed_document_or_event_is_named(people: People, case_at: Any) -> None:
    case = case_at(State.ANSWERED)
    note = correspond.note(complaint=case, text="As it was.", actor=people.security)
    row = walk.appeal(case)

    event = Event.objects.get(stream=case.stream, seq=2)

    triggers.remove()  # as the owner of the database can
    type(note).objects.filter(pk=note.pk).update(text="As it never was.")
    Event.objects.filter(pk=event.pk).update(what="never")
    triggers.install()

    assert [(item.kind, item.object_id) for item in unfaithful(row)] == [
        ("note", note.pk),
        ("event", event.pk),
    ]


def test_new_decision_after_remittal_may_be_appealed(
    people: People, case_at: Any
) -> None:
    case = case_at(State.ANSWERED)
    first = walk.ruled(people, case, "remitted")
    _decide_anew(people, case)

    second = walk.appeal(case)

    first.refresh_from_db()
    assert first.state == AppealState.CLOSED
    assert second.decision is not None
    assert second.decision.number == 2


def _decide_anew(people: People, case: Complaint) -> None:
    """Another handler of the team, since the first may not investigate again."""
    from tests import cases

    perform(case, "assign_to", actor=people.security_lead, handler=people.security_lead)
    handler = people.security
    object.__setattr__(people, "security", people.security_lead)
    cases.draft(people, case, amount="0")
    perform(case, "propose_decision", actor=people.security_lead)
    object.__setattr__(people, "security", handler)
    lead = walk.join("second_lead", "security", "lead")
    officer = walk.second_officer()
    for signer in (lead, officer):
        perform(case, "sign_off", actor=signer)
    perform(case, "approve_decision", actor=officer)
    perform(case, "issue_decision", actor=people.security_lead)


def test_lodging_by_name_of_a_service_refuses_nothing_silently(case_at: Any) -> None:
    """A lodging that fails half way leaves no trace (one transaction)."""
    case = case_at(State.ANSWERED)
    seq = Stream.objects.get(pk=case.stream).seq

    with pytest.raises(InvalidInput):
        lodge(complaint=case, grounds=[], statement="", actor=case.customer.user)

    assert Stream.objects.get(pk=case.stream).seq == seq
    assert not CaseAccess.objects.filter(complaint=case, kind="appeal").exists()
