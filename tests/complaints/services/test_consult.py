"""A consulted team sees one case, while it is asked, and no other."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import CaseAccess, Clock, Complaint, Event, EventText, Outbox
from complaints.permissions import viewer_of
from complaints.services.clocks import sweep
from complaints.services.consult import (
    answer_consultation,
    consult,
    end_consultation,
)
from complaints.services.relay import relay_due
from teams.models import Absence, Team, User
from tests.few import few
from tests.people import People

CaseAt = Callable[..., Complaint]
QUESTION = "Is the receiving address in your list?"


def sees(user: User) -> set[int]:
    rows = Complaint.objects.visible_to(viewer_of(user))
    return set(rows.values_list("pk", flat=True))


@pytest.fixture
def case(case_at: CaseAt) -> Complaint:
    return case_at("investigating")


@pytest.fixture
def risk_team(people: People) -> Team:
    return Team.objects.get(code="risk")


@pytest.fixture
def asked(people: People, case: Complaint, risk_team: Team) -> CaseAccess:
    return consult(
        complaint=case, team=risk_team, question=QUESTION, actor=people.security
    )


def test_consulted_team_sees_that_case_alone(
    people: People, case_at: CaseAt, case: Complaint, asked: CaseAccess
) -> None:
    case_at("investigating")

    assert sees(people.risk) == {case.pk}
    assert sees(people.tech) == set()
    assert people.security.pk == case.handler_id


def test_answer_ends_the_sight(
    people: People, case: Complaint, asked: CaseAccess
) -> None:
    answer_consultation(access=asked, answer="It is.", actor=people.risk)

    assert sees(people.risk) == set()
    asked.refresh_from_db()
    assert (asked.answer, asked.revoked_at is not None) == ("It is.", True)


def test_sight_ends_with_its_date(
    people: People, case: Complaint, risk_team: Team
) -> None:
    now = timezone.now()
    consult(
        complaint=case,
        team=risk_team,
        question=QUESTION,
        actor=people.security,
        until=now + timedelta(hours=1),
        now=now,
    )
    assert sees(people.risk) == {case.pk}

    CaseAccess.objects.update(until=now - timedelta(seconds=1))

    assert sees(people.risk) == set()


def test_question_taken_back_ends_the_sight(people: People, asked: CaseAccess) -> None:
    end_consultation(access=asked, actor=people.security_lead)

    assert sees(people.risk) == set()
    with pytest.raises(IllegalMove):
        answer_consultation(access=asked, answer="Late", actor=people.risk)


def test_question_and_answer_stand_on_the_ledger_by_their_hash(
    people: People, case: Complaint, asked: CaseAccess
) -> None:
    answer_consultation(access=asked, answer="It is.", actor=people.risk)

    events = Event.objects.filter(stream=case.stream).order_by("-seq")[:2]
    assert [(e.what, e.actor) for e in events] == [
        ("consultation_answered", people.risk),
        ("consulted", people.security),
    ]
    assert QUESTION not in str(events[1].payload)
    texts = EventText.objects.filter(event__in=[e.pk for e in events])
    assert {row.text for row in texts} == {QUESTION, "It is."}
    assert list(ledger.verify()) == []


def test_a_team_is_asked_once_at_a_time(
    people: People, case: Complaint, risk_team: Team, asked: CaseAccess
) -> None:
    def ask() -> CaseAccess:
        return consult(
            complaint=case, team=risk_team, question=QUESTION, actor=people.security
        )

    with pytest.raises(IllegalMove):
        ask()
    answer_consultation(access=asked, answer="It is.", actor=people.risk)
    assert ask().pk != asked.pk


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("tech", NotVisible),
        ("customer", NotPermitted),
        ("support", NotVisible),
        ("outsider", NotVisible),
        ("reviewer", NotPermitted),
    ],
)
def test_only_handler_or_lead_consults(
    people: People,
    case: Complaint,
    risk_team: Team,
    name: str,
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        consult(
            complaint=case,
            team=risk_team,
            question=QUESTION,
            actor=getattr(people, name),
        )
    assert not CaseAccess.objects.filter(kind="consultation").exists()


@pytest.mark.parametrize("name", ["tech", "security", "customer", "reviewer"])
def test_only_the_team_that_was_asked_answers(
    people: People, asked: CaseAccess, name: str
) -> None:
    with pytest.raises(NotVisible):
        answer_consultation(access=asked, answer="Me!", actor=getattr(people, name))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"question": "  "}, "question"),
        ({"question": "x" * 5_001}, "question"),
        ({"team": "security"}, "team"),
        ({"until": -1}, "until"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    people: People,
    case: Complaint,
    risk_team: Team,
    change: dict[str, object],
    field: str,
) -> None:
    given: dict[str, object] = {"question": QUESTION, "team": risk_team, **change}
    if change.get("team"):
        given["team"] = case.team
    if change.get("until"):
        given["until"] = timezone.now() - timedelta(days=1)

    with pytest.raises(InvalidInput) as caught:
        consult(complaint=case, actor=people.security, **given)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_barred_case_is_not_shared_this_way(
    people: People, case: Complaint, risk_team: Team
) -> None:
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")
    CaseAccess.objects.create(
        complaint=case,
        kind="barrier",
        user=people.security,
        granted_by=people.head,
        granted_at=timezone.now(),
    )
    case.refresh_from_db()

    with pytest.raises(IllegalMove):
        consult(
            complaint=case, team=risk_team, question=QUESTION, actor=people.security
        )


# Its limit ----------------------------------------------------------------------------


@pytest.fixture
def limited(people: People, case: Complaint, risk_team: Team) -> Clock:
    """Ten days for an answer; no other limit of the case runs."""
    now = timezone.now()
    consult(
        complaint=case,
        team=risk_team,
        question=QUESTION,
        actor=people.security,
        answer_by=now + timedelta(days=10),
        now=now,
    )
    clock = Clock.objects.get(complaint=case, step="consult")
    Clock.objects.exclude(pk=clock.pk).update(stopped_at=now)
    return clock


def reminded(clock: Clock, percent: float) -> set[str]:
    """Who is written to of this limit by then."""
    at = clock.started_at + timedelta(days=percent / 10)
    sweep(now=at)
    relay_due(now=at, limit=1_000)
    rows = Outbox.objects.filter(key__startswith=f"clock:{clock.pk}:")
    return {row.recipient.partition("@")[0] for row in rows}


@pytest.mark.parametrize(
    ("percent", "who"),
    few(
        [
            (49.9, ()),
            (50, ("risk", "risk_lead")),
            (80, ("risk", "risk_lead")),
            (100, ("head", "risk", "risk_lead", "security")),
        ],
        (100, ("head", "risk", "risk_lead", "security")),
    ),
)
def test_asked_team_is_reminded_and_its_miss_is_told_to_who_asked(
    limited: Clock, percent: float, who: tuple[str, ...]
) -> None:
    assert reminded(limited, percent) == set(who)


def test_answer_stops_the_reminders(people: People, limited: Clock) -> None:
    access = CaseAccess.objects.get(kind="consultation")
    answer_consultation(access=access, answer="It is.", actor=people.risk)

    assert reminded(limited, 200) == set()


def test_missed_limit_of_a_consultation_is_on_the_ledger(
    case: Complaint, limited: Clock
) -> None:
    reminded(limited, 101)

    events = Event.objects.filter(stream=case.stream, what="breach")
    assert [event.payload["step"] for event in events] == ["consult"]


def test_whoever_of_the_asked_team_is_away_is_stood_in_for(
    people: People, limited: Clock
) -> None:
    now = limited.started_at
    Absence.objects.create(
        user=people.risk,
        starts_at=now,
        ends_at=now + timedelta(days=30),
        covered_by=people.risk_lead,
    )

    assert reminded(limited, 50) == {"risk_lead"}
