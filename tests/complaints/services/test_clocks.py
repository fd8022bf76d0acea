"""Scans, with the time as an argument: once each, whenever and wherever they run."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints import clocks, ledger, profiles, timing
from complaints.models import (
    CaseAccess,
    Clock,
    Complaint,
    Conflict,
    Event,
    Outbox,
    Stream,
)
from complaints.services import telling
from complaints.services.clocks import SweepResult, sweep
from complaints.services.relay import relay_due
from complaints.states import Step
from complaints.workflow import perform
from tests import cases
from tests.people import People

CaseAt = Callable[..., Complaint]
SECOND = timedelta(seconds=1)
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def only_clock(case: Complaint, step: str = Step.INVESTIGATE) -> Clock:
    """The case's clock of ``step``, as the one that scans meet."""
    others = Clock.objects.exclude(complaint=case, step=step)
    others.update(next_reminder_at=None)
    return case.clocks.get(step=step, stopped_at=None)


def ten_days(case: Complaint, step: str = Step.INVESTIGATE, **columns: Any) -> Clock:
    """The same, running in plain time from Monday for ten days: 1 % is 144 minutes."""
    clock = only_clock(case, step)
    clock.calendar, clock.started_at = "", MONDAY
    clock.due_at = MONDAY + timedelta(days=10)
    clock.next_reminder_at = MONDAY + timedelta(days=5)
    for name, value in columns.items():
        setattr(clock, name, value)
    clock.save()
    return clock


def told(**conditions: Any) -> list[str]:
    """Addresses of the notices of clocks, without their domain, in order; the relay
    has looked."""
    relay_due(limit=1_000)
    rows = Outbox.objects.filter(key__startswith="clock:", **conditions)
    return sorted(row.recipient.partition("@")[0] for row in rows)


def at_percent(percent: float) -> datetime:
    return MONDAY + timedelta(days=percent / 10)


@pytest.mark.parametrize(
    ("percent", "level", "who"),
    [
        (49.9, 0, []),
        (50, 50, ["security"]),
        (79.9, 50, ["security"]),
        (80, 80, ["security", "security_lead"]),
        (99.9, 80, ["security", "security_lead"]),
        (100, 100, ["head", "security", "security_lead"]),
        (109.9, 100, ["head", "security", "security_lead"]),
        (110, 101, ["head", "security", "security_lead"]),
    ],
)
def test_sweep_reminds_whom_the_ladder_names(
    case_at: CaseAt, percent: float, level: int, who: list[str]
) -> None:
    clock = ten_days(case_at("investigating"))

    sweep(now=at_percent(percent))

    clock.refresh_from_db()
    assert clock.reminded_level == level
    assert told() == who


def test_sweep_without_handler_reminds_the_lead(case_at: CaseAt) -> None:
    ten_days(case_at("assigned"))

    sweep(now=at_percent(50))

    assert told() == ["security_lead"]


def test_sweep_at_every_level_reminds_once_a_level(case_at: CaseAt) -> None:
    clock = ten_days(case_at("investigating"))

    for percent in (50, 55, 80, 81, 100, 101, 110, 120):
        sweep(now=at_percent(percent))
        sweep(now=at_percent(percent))

    assert len(told()) == 12
    keys = Outbox.objects.filter(key__startswith="clock:").values_list("key", flat=True)
    levels = sorted(int(key.split(":")[2]) for key in keys)
    assert levels == [50, 80, 80, *([100] * 3), *([101] * 3), *([102] * 3)]
    clock.refresh_from_db()
    assert clock.next_reminder_at == clock.due_at + timedelta(days=3)


def test_sweep_after_six_days_down_reminds_once_at_the_level_reached(
    case_at: CaseAt,
) -> None:
    clock = ten_days(case_at("investigating"))

    result = sweep(now=at_percent(135))

    assert (result.reminded, result.breached, len(told())) == (1, 1, 3)
    clock.refresh_from_db()
    assert clock.reminded_level == 103


def test_sweep_with_the_clock_set_back_reminds_nobody_again(case_at: CaseAt) -> None:
    ten_days(case_at("investigating"))
    sweep(now=at_percent(80))

    sweep(now=at_percent(80) - timedelta(hours=1))
    sweep(now=at_percent(80) + timedelta(hours=1))

    assert told() == ["security", "security_lead"]


def test_sweep_of_paused_clock_reminds_nobody(case_at: CaseAt) -> None:
    clock = ten_days(case_at("investigating"), paused_at=at_percent(10))

    result = sweep(now=at_percent(120))

    assert (result.reminded, told()) == (0, [])
    clock.refresh_from_db()
    assert clock.breached_at is None


def test_sweep_of_stopped_clock_reminds_nobody(case_at: CaseAt) -> None:
    ten_days(case_at("investigating"), stopped_at=at_percent(10))

    assert sweep(now=at_percent(120)).reminded == 0


def test_breach_is_on_the_ledger_once(case_at: CaseAt) -> None:
    case = case_at("investigating")
    clock = ten_days(case)

    for percent in (100, 100, 105, 110):
        sweep(now=at_percent(percent))

    (event,) = Event.objects.filter(what="breach")
    assert (event.stream, event.actor.username) == (case.stream, "scheduler")
    assert event.payload == {
        "clock": clock.pk,
        "step": "investigate",
        "limit": "15 business_days",
        "due": (MONDAY + timedelta(days=10)).isoformat(),
        "actual": at_percent(100).isoformat(),
    }
    clock.refresh_from_db()
    assert clock.breached_at == at_percent(100)
    assert list(ledger.verify([Stream.objects.get(name=case.stream)])) == []


def test_two_breaches_of_one_case_follow_each_other(case_at: CaseAt) -> None:
    case = case_at("investigating")
    ten_days(case)
    law = case.clocks.get(step=Step.STATUTORY_DECISION)
    law.next_reminder_at, law.due_at = MONDAY, at_percent(90)
    law.started_at = MONDAY - timedelta(days=9)
    law.save()

    result = sweep(now=at_percent(100))

    assert result.breached == 2
    events = Event.objects.filter(what="breach").order_by("seq")
    assert events[1].previous == events[0].sha256


def test_sweep_reminds_nobody_with_a_conflict(people: People, case_at: CaseAt) -> None:
    case = case_at("investigating")
    ten_days(case)
    Conflict.objects.create(
        complaint=case,
        user=people.security_lead,
        kind="named",
        recorded_by=people.head,
        recorded_at=MONDAY,
    )

    sweep(now=at_percent(100))

    assert told() == ["head", "security"]


def test_sweep_of_barred_case_tells_only_those_let_in(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("investigating")
    ten_days(case)
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")
    CaseAccess.objects.create(
        complaint=case,
        kind="barrier",
        user=people.legal,
        granted_by=people.head,
        granted_at=MONDAY,
    )

    sweep(now=at_percent(100))

    assert told() == ["legal"]


def test_notice_holds_only_the_reference_in_its_subject(case_at: CaseAt) -> None:
    case = case_at("investigating")
    ten_days(case)

    sweep(now=at_percent(100))

    assert len(told()) == 3
    notice = Outbox.objects.get(recipient="head@people.example", kind="staff")
    assert notice.subject == f"Overdue: {case.reference}"
    assert "12 March 2026, 09:00 (UTC)" in notice.body
    assert f"/admin/complaints/complaint/{case.pk}/change/" in notice.body
    assert case.subject not in notice.body


def test_one_clock_that_cannot_be_reckoned_does_not_stop_the_others(
    case_at: CaseAt,
) -> None:
    broken, sound = case_at("investigating"), case_at("investigating")
    good = only_clock(sound)
    bad = broken.clocks.get(step=Step.INVESTIGATE)
    for clock, calendar in ((bad, "lost@9"), (good, "")):
        clock.calendar, clock.started_at = calendar, MONDAY
        clock.due_at, clock.next_reminder_at = at_percent(100), at_percent(50)
        clock.save()

    result = sweep(now=at_percent(80), batch=1)

    assert (result.reminded, result.failed) == (1, 1)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.reminded_level, good.reminded_level) == (0, 80)


def test_one_case_that_the_database_refuses_does_not_stop_its_batch(
    people: People, case_at: CaseAt
) -> None:
    refused, sound = case_at("investigating"), case_at("investigating")
    for case in (refused, sound):
        clock = case.clocks.get(step=Step.INVESTIGATE)
        clock.calendar, clock.started_at = "", MONDAY
        clock.due_at, clock.next_reminder_at = at_percent(100), at_percent(50)
        clock.save()
    rest = Clock.objects.exclude(step=Step.INVESTIGATE)
    rest.update(next_reminder_at=None)
    # A stream whose head is not its last event: the ledger refuses what follows.
    Stream.objects.filter(name=refused.stream).update(head="0" * 64)

    result = sweep(now=at_percent(100))

    assert (result.breached, result.failed) == (1, 1)
    assert Event.objects.get(what="breach").stream == sound.stream


def test_clock_moved_meanwhile_is_left_alone(case_at: CaseAt) -> None:
    from complaints.services import reminders

    clock = ten_days(case_at("investigating"))
    found = Clock.objects.filter(pk=clock.pk).values_list(*reminders.COLUMNS)
    rows = [reminders.Due(*values) for values in found]
    plans, _failed = reminders._planned(rows, at_percent(80))
    Clock.objects.filter(pk=clock.pk).update(stopped_at=at_percent(70))

    assert reminders._claim(plans, at_percent(80)) == []


def many(people: People, number: int) -> list[Clock]:
    """That many cases, each with one clock that waits for its next reminder."""
    made = [cases.filed(people) for _number in range(number)]
    Clock.objects.exclude(complaint__in=made, step=Step.ADMIT).update(
        next_reminder_at=None
    )
    clocks_ = Clock.objects.filter(complaint__in=made, step=Step.ADMIT)
    clocks_.update(
        calendar="",
        started_at=MONDAY,
        due_at=at_percent(100),
        next_reminder_at=at_percent(50),
    )
    return list(clocks_)


def test_batch_costs_the_same_queries_whatever_its_size(people: People) -> None:
    asked = {}
    sweep(now=at_percent(0))
    for number in (1, 3, 12):
        many(people, number)
        with CaptureQueriesContext(connection) as queries:
            assert sweep(now=at_percent(100)).breached == number
        asked[number] = len(queries)

    assert len(set(asked.values())) == 1, asked


# Telling ------------------------------------------------------------------------------


def waiting() -> Outbox:
    return Outbox.objects.get(kind=telling.CLOCKS)


def test_scan_leaves_one_notice_a_batch_for_the_relay(people: People) -> None:
    made = many(people, 3)

    sweep(now=at_percent(100))

    row = waiting()
    assert (row.channel, row.complaint_id) == ("circle", None)
    assert json.loads(row.body) == [[clock.pk, 100] for clock in made]
    assert not Outbox.objects.filter(key__startswith="clock:").exists()


def test_telling_again_after_a_crash_tells_nobody_twice(case_at: CaseAt) -> None:
    ten_days(case_at("investigating"))
    sweep(now=at_percent(100))

    telling.tell(waiting())  # and killed before the relay could mark it sent

    assert told() == ["head", "security", "security_lead"]
    assert waiting().status == "sent"


def test_conflict_noted_after_the_scan_is_minded(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("investigating")
    ten_days(case)
    sweep(now=at_percent(100))
    Conflict.objects.create(
        complaint=case,
        user=people.security_lead,
        kind="named",
        recorded_by=people.head,
        recorded_at=MONDAY,
    )

    assert told() == ["head", "security"]


def test_clock_that_nobody_can_be_told_of_does_not_stop_the_others(
    people: People,
) -> None:
    broken, _sound = many(people, 2)
    sweep(now=at_percent(100))
    Complaint.objects.filter(pk=broken.complaint_id).update(barrier="insider")
    Clock.objects.filter(pk=broken.pk).update(step="unheard_of")

    assert told() == ["head", "support_lead"]
    row = waiting()
    assert (row.status, row.attempts) == ("pending", 1)
    assert str(broken.pk) in row.error


def test_miss_reads_the_same_whoever_notices_it(people: People) -> None:
    by_scan, by_hand = many(people, 2)
    Clock.objects.filter(pk=by_hand.pk).update(next_reminder_at=None)
    sweep(now=at_percent(100))
    timing.stop(by_hand.complaint, (Step.ADMIT,), now=at_percent(100) + SECOND)

    first, second = Event.objects.filter(what="breach").order_by("pk")
    assert first.payload["clock"] == by_scan.pk
    assert second.payload == {
        **first.payload,
        "clock": by_hand.pk,
        "actual": (at_percent(100) + SECOND).isoformat(),
    }
    assert (first.actor_id, first.actor_role) == (second.actor_id, second.actor_role)


# Daylight saving ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "half"),
    [
        # Thursday 9:00 in Frankfurt, 40 working hours; the clocks change on Sunday;
        # half is over on Monday at 14:00, whatever that is in UTC.
        ("2026-03-26T08:00+00:00", "2026-03-30T12:00+00:00"),
        ("2026-10-22T07:00+00:00", "2026-10-26T13:00+00:00"),
    ],
)
def test_half_of_a_business_clock_across_a_change_of_clocks(
    case_at: CaseAt, start: str, half: str
) -> None:
    clock = only_clock(case_at("investigating"))
    calendar = timing.calendar_by_key("office-eu@1")
    clock.calendar, clock.started_at = "office-eu@1", datetime.fromisoformat(start)
    clock.due_at = clocks.later(clock.started_at, timedelta(hours=40), calendar)
    clock.next_reminder_at = clocks.next_reminder(
        0, clock.started_at, clock.due_at, calendar
    )[1]
    clock.save()
    moment = datetime.fromisoformat(half)

    before = sweep(now=moment - timedelta(seconds=1))
    after = sweep(now=moment)

    assert (before.reminded, after.reminded) == (0, 1)


# Moves --------------------------------------------------------------------------------


def test_customer_who_does_not_answer_is_waited_for_until_the_date(
    case_at: CaseAt,
) -> None:
    case = case_at("awaiting_customer")
    date = case.clocks.get(step=Step.ANSWER_CUSTOMER).due_at

    early = sweep(now=date - timedelta(seconds=1))
    late = sweep(now=date)
    again = sweep(now=date)

    assert (early.unanswered, late.unanswered, again.unanswered) == (0, 1, 0)
    case.refresh_from_db()
    assert case.state == "investigating"
    assert not case.clocks.exclude(paused_at=None).exists()


def test_decision_without_remedies_left_is_issued(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("remedying")
    assert sweep().issued == 0

    cases.execute(people, case.remedies.get(state="approved"))
    assert (sweep().issued, sweep().issued) == (1, 0)

    case.refresh_from_db()
    assert case.state == "answered"
    issued = Event.objects.get(what="issue_decision")
    assert issued.actor.username == "scheduler"


def test_decision_is_issued_two_working_days_before_the_limit(case_at: CaseAt) -> None:
    case = case_at("remedying")
    law = case.clocks.get(step=Step.STATUTORY_DECISION)
    calendar = profiles.by_key(case.profile_key).calendar
    # The last day in time is Monday 12 January 2026: Friday and Thursday come before.
    law.due_at = datetime(2026, 1, 12, 23, 0, tzinfo=UTC)
    law.save()
    near = clocks.business_days_before(law.due_at, 2, calendar)
    assert near.astimezone(clocks.zone(calendar.timezone)).strftime("%a") == "Thu"

    early = sweep(now=near - timedelta(seconds=1))
    late = sweep(now=near)

    assert (early.issued, late.issued) == (0, 1)
    case.refresh_from_db()
    assert case.state == "answered"
    assert case.remedies.get().state == "approved"


def test_window_that_ended_lapses_offers_and_closes(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("investigating")
    cases.draft(people, case, on_acceptance=True)
    perform(case, "propose_decision", actor=people.security)
    perform(case, "approve_decision", actor=cases.sign_all(people, case))
    sweep()
    case.refresh_from_db()
    assert (case.state, case.remedies.get().state) == ("answered", "offered")
    end = case.clocks.get(step=Step.APPEAL_WINDOW).due_at

    early = sweep(now=end - timedelta(seconds=1))
    late = sweep(now=end)

    assert (early.lapsed, early.closed) == (0, 0)
    assert (late.lapsed, late.closed) == (1, 1)
    case.refresh_from_db()
    assert (case.state, case.closing_reason) == ("closed", "window_ended")
    assert case.remedies.get().state == "lapsed"


def test_accepted_decision_closes_when_everything_is_settled(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("answered")
    assert sweep().closed == 0

    perform(case, "accept", actor=people.customer)
    assert sweep().closed == 1

    case.refresh_from_db()
    assert (case.state, case.closing_reason) == ("closed", "accepted")


def test_accepted_offer_keeps_the_case_open_until_it_is_carried_out(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("investigating")
    cases.draft(people, case, on_acceptance=True)
    perform(case, "propose_decision", actor=people.security)
    perform(case, "approve_decision", actor=cases.sign_all(people, case))
    sweep()
    case.refresh_from_db()
    perform(case, "accept", actor=people.customer)

    assert sweep().closed == 0
    cases.execute(people, case.remedies.get())
    assert sweep().closed == 1


def test_refusal_closes_when_the_window_ended(case_at: CaseAt) -> None:
    case = case_at("inadmissible")
    end = case.clocks.get(step=Step.APPEAL_WINDOW).due_at

    result = sweep(now=end)

    assert (result.lapsed, result.closed) == (1, 1)
    case.refresh_from_db()
    assert case.state == "closed"


def test_appealed_case_is_not_closed(case_at: CaseAt) -> None:
    case = case_at("appealed")

    assert sweep(now=case.recorded_at + timedelta(days=200)).closed == 0


def test_rerouting_a_waiting_case_lets_its_clocks_go_on(
    people: People, case_at: CaseAt
) -> None:
    from teams.models import Team

    case = case_at("awaiting_customer")
    risk = Team.objects.get(code="risk")
    perform(case, "reroute", actor=people.security, team=risk, reason="A trade")

    running = case.clocks.filter(stopped_at=None)
    assert not running.exclude(paused_at=None).exists()
    assert not running.filter(step=Step.ANSWER_CUSTOMER).exists()


def test_first_answer_is_owed_until_the_customer_hears_something(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("in_review")
    running = case.clocks.filter(step=Step.FIRST_ANSWER, stopped_at=None)
    assert running.exists()

    perform(case, "approve_decision", actor=cases.sign_all(people, case))
    assert running.exists()

    cases.execute(people, case.remedies.get(state="approved"))
    sweep()
    assert not running.exists()


# Two at once --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_remind_once(people: People, case_at: CaseAt) -> None:
    Clock.objects.update(next_reminder_at=None)
    for _number in range(12):
        case = cases.filed(people)
        clock = case.clocks.get(step=Step.ADMIT)
        clock.calendar, clock.started_at = "", MONDAY
        clock.due_at, clock.next_reminder_at = at_percent(100), at_percent(50)
        clock.save()
    Clock.objects.exclude(step=Step.ADMIT).update(next_reminder_at=None)
    start, results = Barrier(2), []

    def run() -> None:
        try:
            start.wait(10)
            results.append(sweep(now=at_percent(100), batch=3))
        finally:
            connection.close()

    threads = [Thread(target=run) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    rest = sweep(now=at_percent(100))
    assert len(results) == 2
    assert sum(result.reminded for result in [*results, rest]) == 12
    assert Event.objects.filter(what="breach").count() == 12
    assert told() == ["head"] * 12 + ["support_lead"] * 12
    assert list(ledger.verify()) == []


@pytest.mark.django_db(transaction=True)
def test_sweep_does_not_overwrite_work_that_goes_on(people: People) -> None:
    """Somebody admits cases while scans run over the same clocks."""
    made = [cases.filed(people) for _number in range(6)]
    soon = made[0].recorded_at + timedelta(days=30)
    errors: list[BaseException] = []

    def scan() -> None:
        try:
            for _round in range(3):
                sweep(now=soon, batch=2)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    thread = Thread(target=scan)
    thread.start()
    for case in made:
        cases.admit(people, case)
    thread.join(60)

    assert errors == []
    for case in made:
        case.refresh_from_db()
        assert case.state == "assigned"
        assert not case.clocks.filter(step=Step.ADMIT, stopped_at=None).exists()
    assert list(ledger.verify()) == []


# The command --------------------------------------------------------------------------


def test_command_prints_one_line_of_counts(case_at: CaseAt) -> None:
    ten_days(case_at("investigating"))
    out = StringIO()

    call_command("sweep_clocks", now=at_percent(80).isoformat(), stdout=out)

    counts = json.loads(out.getvalue())
    assert out.getvalue().count("\n") == 1
    assert set(counts) == set(SweepResult.__dataclass_fields__)
    assert (counts["reminded"], counts["breached"]) == (1, 0)


@pytest.mark.parametrize("text", ["soon", "2026-13-01T00:00"])
def test_command_refuses_what_is_no_moment(db: None, text: str) -> None:
    with pytest.raises(CommandError, match="not a moment"):
        call_command("sweep_clocks", now=text)
