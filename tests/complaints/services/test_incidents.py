"""Incidents: who opens and closes them, who comes in, what is answered."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from complaints.errors import (
    GuardRefused,
    IllegalMove,
    InvalidInput,
    NotPermitted,
    NotVisible,
)
from complaints.ledger import verify
from complaints.models import (
    BulkRun,
    Complaint,
    Event,
    Incident,
    IncidentCase,
    Party,
)
from complaints.permissions import viewer_of
from complaints.selectors.incidents import candidates, groups, member_rows, sums_of
from complaints.services import barriers, bulk, decide, incidents
from complaints.services.improvement import Plan, open_action
from complaints.services.incident_answers import (
    ANSWER,
    SEND,
    SIGN,
    Shared,
    Words,
    set_amounts,
    set_finding,
)
from complaints.services.incidents import (
    Scope,
    add_cases,
    close_incident,
    open_incident,
    remove_case,
)
from complaints.states import Barrier
from teams.models import Team
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db
SHARED = Shared(outcome="upheld", finding="upheld", cause="software_fault", rule="R 4")
WORDS = {"en": Words(summary="You get {amount} back.", reasons="The hold failed.")}


def an_incident(people: People, **scope: Any) -> Incident:
    since = timezone.now() - timedelta(days=1)
    return open_incident(
        title="Holds were not applied",
        team=Team.objects.get(code="security"),
        scope=Scope(since=since, **scope),
        actor=people.security_lead,
    )


def with_members(people: People, *states: str) -> tuple[Incident, list[Complaint]]:
    incident = an_incident(people, asset="USDT")
    rows = [cases.at(people, state) for state in states]
    keys = [case.pk for case in rows]
    done = add_cases(incident=incident, cases=keys, actor=people.security_lead)
    assert (done.joined, done.refused) == (len(rows), ())
    return incident, rows


def run(people: Any, incident: Incident, act: str, rows: list[Complaint]) -> BulkRun:
    for case in rows:
        case.refresh_from_db()
    return bulk.run(
        key=f"{act}-{people.pk}",
        act=act,
        cases=[(case.pk, case.version) for case in rows],
        given={"incident": incident},
        actor=people,
    )


def outcomes(done: BulkRun) -> list[str]:
    return [item["outcome"] for item in done.items]


# Opening and members ------------------------------------------------------------------


def test_leads_and_the_head_open_others_do_not(people: People) -> None:
    assert an_incident(people).stream.startswith("incident:")
    team = Team.objects.get(code="security")
    for user, may in ((people.head, True), (people.security, False)):
        assert incidents.may_open(viewer_of(user), team) is may
    with pytest.raises(NotPermitted):
        open_incident(
            title="No",
            team=team,
            scope=Scope(since=timezone.now()),
            actor=people.risk_lead,
        )


def test_member_comes_in_once_and_goes_out_on_both_ledgers(people: People) -> None:
    incident, (case,) = with_members(people, "assigned")

    again = add_cases(incident=incident, cases=[case.pk], actor=people.security_lead)
    remove_case(incident=incident, complaint=case, actor=people.security_lead)

    assert (again.joined, again.refused) == (0, ())
    for stream in (case.stream, incident.stream):
        said = Event.objects.filter(stream=stream, what__startswith="incident_")
        wanted = {"incident_joined", "incident_left"}
        assert wanted <= set(said.values_list("what", flat=True))
    row = IncidentCase.objects.get()
    assert (row.removed_by, incidents.incident_of(case)) == (people.security_lead, None)
    with pytest.raises(IllegalMove):
        remove_case(incident=incident, complaint=case, actor=people.security_lead)
    assert list(verify()) == []


def test_what_stays_out(people: People) -> None:
    """Cases of other teams, of another incident, and behind a barrier."""
    _first, (taken,) = with_members(people, "assigned")
    other = an_incident(people)
    foreign = cases.filed(people)
    barred = cases.at(people, "assigned")
    Complaint.objects.filter(pk=barred.pk).update(barrier=Barrier.values[1])

    done = add_cases(
        incident=other,
        cases=[taken.pk, foreign.pk, barred.pk],
        actor=people.security_lead,
    )

    assert done.joined == 0
    assert [pk for pk, _words in done.refused] == [taken.pk, foreign.pk, barred.pk]
    with pytest.raises(NotVisible):
        add_cases(incident=other, cases=[taken.pk], actor=people.risk)
    assert Incident.objects.visible_to(viewer_of(people.risk)).count() == 0


def test_whoever_is_let_through_a_barrier_brings_nothing_out(people: People) -> None:
    incident, case = an_incident(people), cases.at(people, "assigned")
    officer, lead = people.compliance_officer, people.security_lead
    barrier = barriers.put_up(
        complaint=case,
        kind="insider",
        reason="About one of us.",
        actor=officer,
        whole=True,
    )
    barriers.let_in(barrier=barrier, user=lead, actor=officer)
    assert Complaint.objects.visible_to(viewer_of(lead)).filter(pk=case.pk).exists()

    done = add_cases(incident=incident, cases=[case.pk], actor=lead)

    assert (done.joined, incident.members.count()) == (0, 0)
    assert "restricted" in done.refused[0][1]


def test_barrier_that_comes_later_hides_the_member(people: People) -> None:
    incident, (one, other) = with_members(people, "assigned", "assigned")
    Complaint.objects.filter(pk=one.pk).update(barrier=Barrier.values[1])

    viewer = viewer_of(people.security_lead)
    sums = sums_of(incident, viewer)

    assert [row.complaint_id for row in member_rows(incident, viewer)] == [other.pk]
    assert (sums.seen, sums.hidden, sums.waiting) == (1, 1, 1)
    assert sums.money == [("USDT", Decimal(1860), Decimal(0))]


# Finding what belongs together --------------------------------------------------------


def test_candidates_name_what_speaks_for_them(people: People) -> None:
    incident, (member,) = with_members(people, "assigned")
    incident.category, incident.words = member.category, "withdrawal"
    incident.save()
    same = cases.at(people, "assigned")
    alike = cases.at(people, "assigned", identifiers=())
    cases.at(people, "assigned", identifiers=(), asset="BTC", category=None)

    found = candidates(incident, viewer_of(people.security_lead))

    assert [(one.case.pk, one.why) for one in found] == [
        (same.pk, ("transaction", "topic", "asset", "text")),
        (alike.pk, ("topic", "asset", "text")),
    ]
    assert candidates(incident, viewer_of(people.risk)) == []


def test_groups_nobody_named_so_far(people: People) -> None:
    for user in (people.customer, people.other_customer, people.outsider):
        cases.at(people, "assigned", by=user)

    found = groups(viewer_of(people.security_lead), timezone.now())

    assert [(one.sign, one.what, one.count) for one in found] == [
        ("transaction", "9f3c51aa5a697c", 3)
    ]
    assert groups(viewer_of(people.risk), timezone.now()) == []


def test_one_customer_who_writes_often_is_no_group(people: People) -> None:
    """Five customers alike are one; five cases of two customers are none."""
    viewer, now = viewer_of(people.security_lead), timezone.now()
    made = [
        cases.at(people, "assigned", by=user, identifiers=())
        for user in (people.customer,) * 4 + (people.other_customer,)
    ]
    assert groups(viewer, now) == []

    for case in made:
        own = Party.objects.create(last_name="Own")
        Complaint.objects.filter(pk=case.pk).update(customer=own)

    (found,) = groups(viewer, now)
    assert (found.sign, found.count) == ("topic", 5)
    assert found.since == min(case.received_at for case in made)


# Answers ------------------------------------------------------------------------------


def test_each_gets_the_shared_finding_and_their_own_amount(people: People) -> None:
    incident, rows = with_members(people, "assigned", "investigating")
    lead = people.security_lead
    set_finding(incident=incident, shared=SHARED, words=WORDS, actor=lead)
    amounts = {rows[0].pk: Decimal("12.5"), rows[1].pk: None}
    set_amounts(
        incident=incident, amounts=amounts, asset="USDT", rate=Decimal(1), actor=lead
    )

    answered = run(people.security, incident, ANSWER, rows)

    assert outcomes(answered) == ["done", "done"]
    first, second = (case.decisions.get() for case in rows)
    assert first.summary == "You get 12.50 USDT back."
    assert [r.plain_amount for r in first.live_remedies()] == ["12.5"]
    assert [r.kind for r in second.live_remedies()] == ["apology"]
    assert {f.reasons for f in first.findings.all()} == {"The hold failed."}
    evidence = {f.evidence.get().source for f in first.findings.all()}
    assert (evidence, first.cause) == ({"incident"}, "software_fault")

    assert outcomes(run(lead, incident, SIGN, rows)) == ["done", "done"]
    signed = run(people.compliance_officer, incident, SIGN, rows)
    assert outcomes(signed) == ["done", "done"]
    sent = run(people.security, incident, SEND, rows)
    assert [item["outcome"] for item in sent.items] == ["done", "refused"]
    assert "not done yet" in sent.items[1]["words"]
    rows[0].refresh_from_db()
    assert rows[0].state == "answered"
    assert rows[0].letters.filter(kind="decision").exists()


def test_amount_stands_as_it_was_proposed(people: People) -> None:
    """Else the incident would show another one than what is signed and sent."""
    incident, (early, late) = with_members(people, "investigating", "investigating")
    lead = people.security_lead
    set_finding(incident=incident, shared=SHARED, words=WORDS, actor=lead)

    def give(amount: str) -> int:
        return set_amounts(
            incident=incident,
            amounts={case.pk: Decimal(amount) for case in (early, late)},
            asset="USDT",
            rate=Decimal(1),
            actor=lead,
        )

    assert give("12.5") == 2
    run(people.security, incident, ANSWER, [early])
    assert give("99") == 1

    rows = IncidentCase.objects.order_by("pk").values_list("complaint", "amount")
    assert dict(rows) == {early.pk: Decimal("12.5"), late.pk: Decimal(99)}


def test_what_somebody_changed_by_hand_is_left_to_them(people: People) -> None:
    incident, (mine, begun) = with_members(people, "investigating", "investigating")
    lead = people.security_lead
    set_finding(incident=incident, shared=SHARED, words=WORDS, actor=lead)
    decide.write_draft(complaint=begun, actor=people.security, summary="My own words")

    done = run(people.security, incident, ANSWER, [mine, begun])

    assert outcomes(done) == ["done", "refused"]
    assert begun.decisions.get().summary == "My own words"
    cases.perform(mine, "return_decision", actor=lead, comment="Say more.")
    decide.write_draft(complaint=mine, actor=people.security, summary="Otherwise")
    cases.perform(mine, "propose_decision", actor=people.security)
    signed = run(lead, incident, SIGN, [mine])
    assert outcomes(signed) == ["refused"]
    assert "sign it on its page" in signed.items[0]["words"]


def test_no_words_in_the_language_of_the_customer_no_answer(people: People) -> None:
    incident, rows = with_members(people, "investigating")
    Complaint.objects.filter(pk=rows[0].pk).update(language="zh-hans")
    set_finding(
        incident=incident, shared=SHARED, words=WORDS, actor=people.security_lead
    )

    done = run(people.security, incident, ANSWER, rows)

    assert outcomes(done) == ["refused"]
    assert "Chinese" in done.items[0]["words"]
    assert not rows[0].decisions.exists()


@pytest.mark.parametrize(
    "change", [{"cause": "weather"}, {"outcome": ""}, {"exchange_share": 101}]
)
def test_finding_is_of_the_lists(people: People, change: dict[str, Any]) -> None:
    incident = an_incident(people)
    with pytest.raises(InvalidInput):
        set_finding(
            incident=incident,
            shared=Shared(**{**vars(SHARED), **change}),
            words=WORDS,
            actor=people.security_lead,
        )
    assert incident.findings.count() == 0


# Closing ------------------------------------------------------------------------------


def close(people: People, incident: Incident, **given: str) -> Incident:
    said = {"cause": "software_fault", "nature": "systemic", "lesson": "Test holds."}
    return close_incident(
        incident=incident, actor=people.security_lead, **{**said, **given}
    )


def test_it_closes_when_all_are_answered_and_something_is_done(people: People) -> None:
    incident, (case,) = with_members(people, "assigned")
    with pytest.raises(GuardRefused) as refused:
        close(people, incident, lesson=" ")
    codes = [one.code for one in refused.value.refusals]
    assert codes == ["no_lesson", "unanswered", "no_action"]

    cases.perform(case, "withdraw", actor=people.customer)
    plan = Plan(
        title="Watch the holds",
        text="A test each hour",
        cause="software_fault",
        owner=people.security_lead,
        due_on=timezone.localdate() + timedelta(days=30),
        incident=incident,
    )
    open_action(team=incident.team, plan=plan, actor=people.security_lead)
    closed = close(people, incident)

    assert (closed.is_open, closed.cause, closed.version) == (
        False,
        "software_fault",
        1,
    )
    event = Event.objects.get(stream=incident.stream, what="incident_closed")
    assert event.payload["cases"] == 1
    with pytest.raises(IllegalMove):
        close(people, incident)
    done = add_cases(incident=incident, cases=[case.pk], actor=people.security_lead)
    assert done.joined == 0


def test_single_incident_closes_without_an_action(people: People) -> None:
    assert not close(people, an_incident(people), nature="single").is_open
