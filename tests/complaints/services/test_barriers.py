"""What stands behind a barrier is met by nobody outside, by no door."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import (
    CaseAccess,
    Complaint,
    Event,
    Evidence,
    InformationBarrier,
    Letter,
    Message,
    Outbox,
    SearchWords,
)
from complaints.permissions import customer_of, viewer_of
from complaints.selectors.queue_counts import counts
from complaints.selectors.search import speaking_of
from complaints.selectors.timeline import customer_timeline, staff_timeline
from complaints.services import barriers, consult, correspond, evidence, sealed_files
from complaints.services.evidence import Upload
from complaints.states import AccessKind, Barrier
from teams.models import Team, User
from tests.people import People

pytestmark = pytest.mark.django_db

CaseAt = Callable[..., Complaint]
WHY = "It must be looked into."
SECRET = "heliotrope"
RUNNERS = {
    Barrier.INSIDER: "compliance_officer",
    Barrier.PRIVILEGE: "legal",
    Barrier.SUSPICION: "compliance_officer",
}


@pytest.fixture
def case(people: People, case_at: CaseAt) -> Complaint:
    return case_at("investigating")


def up(people: People, case: Complaint, kind: str, **more: Any) -> InformationBarrier:
    actor = getattr(people, RUNNERS[Barrier(kind)])
    return barriers.put_up(complaint=case, kind=kind, reason=WHY, actor=actor, **more)


def file_named(name: str) -> Upload:
    return Upload(name=f"{name}.txt", content=f"{name} ".encode() * 3)


def sees(user: User, case: Complaint) -> bool:
    return Complaint.objects.visible_to(viewer_of(user)).filter(pk=case.pk).exists()


# Who may ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(RUNNERS))
def test_only_whom_the_table_names_puts_one_up(
    people: People, case: Complaint, kind: str
) -> None:
    allowed = {
        Barrier.INSIDER: {"compliance_officer", "head"},
        Barrier.PRIVILEGE: {"legal"},
        Barrier.SUSPICION: {"compliance_officer"},
    }[Barrier(kind)]
    for name, user in people.all().items():
        if name in allowed:
            continue
        with pytest.raises(NotPermitted):
            barriers.put_up(complaint=case, kind=kind, reason=WHY, actor=user)
    assert not InformationBarrier.objects.exists()
    assert barriers.kinds_for(viewer_of(people.security_lead)) == []


def test_conflict_keeps_outside(people: People, case: Complaint) -> None:
    barrier = up(people, case, Barrier.INSIDER)
    case.conflicts.create(
        user=people.risk,
        kind="named",
        recorded_by=people.risk_lead,
        recorded_at=barrier.raised_at,
    )
    for user in (people.risk, people.customer):
        with pytest.raises(InvalidInput):
            barriers.let_in(barrier=barrier, user=user, actor=people.compliance_officer)
    assert [p.user for p in barriers.passes(barrier)] == [people.compliance_officer]


def test_suspicion_never_hides_the_case(people: People, case: Complaint) -> None:
    with pytest.raises(InvalidInput):
        up(people, case, Barrier.SUSPICION, whole=True)
    case.refresh_from_db()
    assert (case.barrier, InformationBarrier.objects.count()) == ("", 0)


# The whole case ---------------------------------------------------------------------


def test_whole_barrier_shuts_every_share_and_opens_again(
    people: People, case: Complaint
) -> None:
    risk = Team.objects.get(code="risk")
    consult.consult(complaint=case, team=risk, question="?", actor=people.security)
    everybody = [u for name, u in people.all().items() if name != "customer"]
    before = {user.username for user in everybody if sees(user, case)}
    barrier = up(people, case, Barrier.INSIDER, whole=True)

    assert "risk" in before
    assert [u.username for u in everybody if sees(u, case)] == ["compliance_officer"]
    assert sees_as_customer(people, case)
    with pytest.raises(NotVisible):
        barriers.put_up(
            complaint=case, kind="privilege", reason=WHY, actor=people.legal
        )
    barriers.let_in(
        barrier=barrier, user=people.security, actor=people.compliance_officer
    )
    assert sees(people.security, case)
    barriers.let_out(
        barrier=barrier, user=people.security, actor=people.compliance_officer
    )
    assert not sees(people.security, case)
    barriers.take_down(barrier=barrier, reason=WHY, actor=people.compliance_officer)
    # The question that ended with the barrier stays ended.
    assert {u.username for u in everybody if sees(u, case)} == before - {
        "risk",
        "risk_lead",
    }
    case.refresh_from_db()
    assert case.barrier == ""


def sees_as_customer(people: People, case: Complaint) -> bool:
    viewer = customer_of(people.customer)
    return Complaint.objects.visible_to(viewer).filter(pk=case.pk).exists()


def test_pass_of_a_sealed_file_does_not_open_a_barred_case(
    people: People, case: Complaint
) -> None:
    up(people, case, Barrier.SUSPICION)
    barriers.put_up(
        complaint=case, kind="privilege", whole=True, reason=WHY, actor=people.legal
    )
    assert not sees(people.compliance_officer, case)
    assert sees(people.legal, case)


# Tipping off ------------------------------------------------------------------------


def picture(people: People, case: Complaint) -> dict[str, Any]:
    """Whatever the customer and the first team can see of a case."""
    case.refresh_from_db()
    team, client = viewer_of(people.security), customer_of(people.customer)
    return {
        "case": {f.attname: getattr(case, f.attname) for f in case._meta.fields},
        "staff": [(e.at, e.text, e.body) for e in staff_timeline(case, team, team.at)],
        "customer": [
            (e.at, e.text, e.body) for e in customer_timeline(case, client, team.at)
        ],
        "events": list(
            Event.objects.filter(stream__in=(case.stream, f"reads:{case.pk}"))
            .values_list("stream", "seq", "what")
            .order_by("stream", "seq")
        ),
        "accesses": list(CaseAccess.objects.filter(complaint=case).values_list("pk")),
        "letters": list(Letter.objects.filter(complaint=case).values_list("pk")),
        "notices": list(Outbox.objects.filter(complaint=case).values_list("pk")),
        "messages": list(case.messages.values_list("pk")),
        "files": list(case.evidence.values_list("number")),
        "words": list(SearchWords.objects.filter(complaint=case).values_list("pk")),
        "clocks": list(case.clocks.values()),
        "counts": counts(team),
    }


def test_suspicion_report_changes_nothing_that_anybody_outside_can_see(
    people: People, case: Complaint, client: Client
) -> None:
    before = picture(people, case)
    barrier = up(people, case, Barrier.SUSPICION)
    officer = people.compliance_officer
    barriers.write(barrier=barrier, text=SECRET, actor=officer)
    sealed_files.keep_file(barrier=barrier, upload=file_named(SECRET), actor=officer)
    barriers.let_in(barrier=barrier, user=people.legal, actor=officer)
    client.force_login(officer)
    page = client.get(reverse("admin:complaints_complaint_barrier", args=[barrier.pk]))
    assert (page.status_code, SECRET in page.content.decode()) == (200, True)
    assert picture(people, case) == before

    barriers.take_down(barrier=barrier, reason=WHY, actor=officer)
    assert picture(people, case) == before
    # The next file of the case has the next number of the case.
    kept = evidence.add_evidence(
        complaint=case, upload=file_named("log"), actor=people.security
    )
    assert kept.number == len(before["files"]) + 1


def test_notice_to_who_is_let_in_names_no_case(people: People, case: Complaint) -> None:
    barrier = up(people, case, Barrier.SUSPICION)
    barriers.let_in(barrier=barrier, user=people.legal, actor=people.compliance_officer)
    row = Outbox.objects.get(recipient=people.legal.email)
    assert row.complaint is None
    assert case.reference not in row.subject + row.body
    assert str(case.pk) not in row.body.replace(":8000", "")


def test_reopened_file_holds_what_it_held(people: People, case: Complaint) -> None:
    barrier = up(people, case, Barrier.SUSPICION)
    officer = people.compliance_officer
    barriers.write(barrier=barrier, text=SECRET, actor=officer)
    with pytest.raises(IllegalMove):
        up(people, case, Barrier.SUSPICION)
    barriers.take_down(barrier=barrier, reason=WHY, actor=officer)
    assert not InformationBarrier.objects.visible_to(viewer_of(officer)).exists()
    again = up(people, case, Barrier.SUSPICION)
    assert again.pk == barrier.pk
    assert [note.text for note in barriers.notes(again)] == [SECRET]
    whats = list(
        Event.objects.filter(stream=barrier.stream).values_list("what", flat=True)
    )
    assert whats == [
        "barrier_raised",
        "barrier_note",
        "barrier_lifted",
        "barrier_raised",
    ]
    assert list(ledger.verify(None)) == []


# Notes and files --------------------------------------------------------------------


def test_moved_note_and_file_leave_every_list_and_come_back(
    people: People, case: Complaint
) -> None:
    note = correspond.note(
        complaint=case, text=f"{SECRET} advice", actor=people.security
    )
    file = evidence.add_evidence(
        complaint=case, upload=file_named(SECRET), actor=people.security, shared=True
    )
    team = viewer_of(people.security)

    def met() -> list[bool]:
        story = " ".join(f"{e.text} {e.body}" for e in staff_timeline(case, team))
        found = Complaint.objects.visible_to(team).filter(
            speaking_of(SECRET, internal=team.is_staff)
        )
        own = customer_of(people.customer)
        return [
            SECRET in story,
            file.label in story,
            found.exists(),
            Evidence.objects.visible_to(team).filter(pk=file.pk).exists(),
            Evidence.objects.visible_to(own).filter(pk=file.pk).exists(),
            case.messages.filter(pk=note.pk).exists(),
        ]

    assert met() == [True] * 6
    barrier = up(people, case, Barrier.PRIVILEGE)
    for row in (note, file):
        barriers.move_behind(barrier=barrier, row=row, actor=people.legal)
    assert met() == [False] * 6
    with pytest.raises(NotVisible):
        evidence.open_evidence(evidence=file, actor=people.security)
    barriers.take_down(barrier=barrier, reason=WHY, actor=people.legal)
    assert met() == [True] * 6


def test_what_vanishes_is_missed_so_nothing_moves_behind_a_suspicion(
    people: People, case: Complaint
) -> None:
    note = correspond.note(complaint=case, text="A note", actor=people.security)
    barrier = up(people, case, Barrier.SUSPICION)
    with pytest.raises(InvalidInput):
        barriers.move_behind(barrier=barrier, row=note, actor=people.compliance_officer)
    assert Message.objects.filter(pk=note.pk).exists()


# Any person, any barrier, any door --------------------------------------------------


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


OUTSIDERS = (
    "customer",
    "other_customer",
    "security",
    "security_lead",
    "support",
    "support_lead",
    "risk",
    "tech",
    "reviewer",
    "head",
    "approver",
    "executor",
    "appeals",
    "admin",
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    kind=st.sampled_from(sorted(RUNNERS)),
    whole=st.booleans(),
    who=st.sampled_from(OUTSIDERS),
    door=st.sampled_from(["page", "file", "list", "queue", "search", "case"]),
)
def test_nobody_outside_meets_it_by_any_door(
    people: People, case: Complaint, kind: str, whole: bool, who: str, door: str
) -> None:
    whole = whole and kind != Barrier.SUSPICION
    with undone():
        barrier = up(people, case, kind, whole=whole)
        runner = getattr(people, RUNNERS[Barrier(kind)])
        barriers.write(barrier=barrier, text=SECRET, actor=runner)
        file = sealed_files.keep_file(
            barrier=barrier, upload=file_named(SECRET), actor=runner
        )
        name = "admin:complaints_complaint"
        url = {
            "page": reverse(f"{name}_barrier", args=[barrier.pk]),
            "file": reverse(f"{name}_barrier_file", args=[barrier.pk, file.pk]),
            "list": reverse(f"{name}_restricted"),
            "queue": reverse(f"{name}_changelist") + "?view=all",
            "search": reverse(f"{name}_changelist") + f"?view=all&q={SECRET}",
            "case": reverse(f"{name}_change", args=[case.pk]),
        }[door]
        client = Client()
        client.force_login(getattr(people, who))
        answer = client.get(url, follow=True)
        body = answer.content.decode()
        # The page of a search repeats what was searched for.
        secret = case.reference if door == "search" else SECRET
        assert secret not in body, (who, door)
        if door in ("page", "file"):
            shut = answer.status_code in (403, 404)
            assert shut or "login" in answer.redirect_chain[0][0]
        if whole and who != "customer":
            assert case.reference not in body
        assert not InformationBarrier.objects.visible_to(
            viewer_of(getattr(people, who))
        ).exists()


def test_passes_of_sealed_files_stand_in_no_list_of_shares(
    people: People, case: Complaint
) -> None:
    up(people, case, Barrier.SUSPICION)
    assert not case.accesses.filter(kind=AccessKind.SEAL).exists()
    assert CaseAccess.every.filter(kind=AccessKind.SEAL).count() == 1
