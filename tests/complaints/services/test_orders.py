"""Payments by the exchange's ledger: one each, whatever breaks on the way."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.utils import timezone

from appeals.demo.standins.ledger import Ledger
from complaints import payouts
from complaints.errors import GuardRefused, NotPermitted
from complaints.models import Complaint, Event, Instruction, Outbox, Payout, Remedy
from complaints.selectors.orders import order_lines
from complaints.services import decide, orders
from complaints.tasks import carry_out
from complaints.workflow import available_transitions, perform
from teams.system import system_actor
from tests import cases
from tests.complaints.test_concurrency import race
from tests.people import People, everybody
from tests.steps import step

KEY = "a key of the ledger"
_PORT: dict[str, int] = {}


def serve(tmp_path: Path, settings: Any) -> Iterator[Ledger]:
    """At one address throughout, so that its cases are walked once; see ``steps``."""
    server = Ledger(KEY, str(tmp_path / "books.sqlite3"), _PORT.setdefault("", 0))
    _PORT[""] = server.server_port
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    settings.PAYOUT_URL, settings.PAYOUT_KEY = server.url, KEY
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def books(tmp_path: Path, settings: Any) -> Iterator[Ledger]:
    """The ledger of the exchange, serving on this machine."""
    yield from serve(tmp_path, settings)


def owing(people: People) -> Remedy:
    """A refund of 300 USDT that the ledger is to pay."""
    people.customer.account_id = "40000001"
    return _owed(people)


@step
def _owed(people: People) -> Remedy:
    people.customer.save()
    case = cases.at(people, "remedying")
    return case.remedies.get(state="approved")


@pytest.fixture
def remedy(people: People, books: Ledger) -> Remedy:
    return owing(people)


@step
def started(remedy: Remedy, people: People) -> Remedy:
    perform(remedy, "start", actor=people.executor)
    return remedy


def later(minutes: float = 5) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)


def state_of(remedy: Remedy) -> tuple[str, str]:
    """Of the remedy, and of the order to pay it."""
    remedy.refresh_from_db()
    return remedy.state, remedy.instructions.get(what="pay").state


def test_money_goes_by_the_ledger_where_there_is_one(
    people: People, remedy: Remedy, books: Ledger
) -> None:
    assert (remedy.executor, remedy.by_ledger) == ("http", True)
    started(remedy, people)
    assert state_of(remedy) == ("executing", "waiting")

    assert carry_out() == 1

    assert state_of(remedy) == ("executed", "done")
    payout = remedy.payout
    assert payout.idempotency_key == f"{remedy.complaint.reference}-{remedy.pk}"
    assert payout.proof == "L-00000001"
    assert books.booked() == [
        {
            "key": payout.idempotency_key,
            "kind": "pay",
            "to": "40000001",
            "asset": "USDT",
            "amount": "300",
            "reference": remedy.complaint.reference,
            "of": "",
        }
    ]
    assert books.heard == [("POST", payout.idempotency_key)]
    assert [line.kind for line in order_lines(remedy)] == ["ok"]
    assert carry_out() == 0


def test_people_leave_alone_what_the_ledger_is_about(
    people: People, remedy: Remedy
) -> None:
    started(remedy, people)
    for move, given in (("complete", {"proof": "mine"}), ("fail", {"reason": "No"})):
        with pytest.raises(GuardRefused) as refused:
            perform(remedy, move, actor=people.executor, **given)
        assert [r.code for r in refused.value.refusals] == ["with_ledger"]
    names = {offer.name for offer in available_transitions(remedy, people.executor)}
    assert names == {"complete", "fail"}


def test_without_a_ledger_people_pay(people: People, settings: Any) -> None:
    settings.PAYOUT_URL = ""
    remedy = owing(people)
    assert remedy.executor == "manual"
    cases.execute(people, remedy)
    assert not remedy.instructions.exists()


def test_start_needs_an_account(people: People, books: Ledger) -> None:
    case = cases.at(people, "remedying")
    with pytest.raises(GuardRefused) as refused:
        perform(case.remedies.get(), "start", actor=people.executor)
    assert [r.code for r in refused.value.refusals] == ["no_receiver"]


def test_refused_for_good_fails_and_can_go_by_hand(
    people: People, remedy: Remedy, books: Ledger
) -> None:
    books.trouble.append("refuse")
    started(remedy, people)
    assert carry_out() == 1

    assert state_of(remedy) == ("failed", "refused")
    assert [line.words for line in order_lines(remedy)] == ["The account is closed."]
    failed = Event.objects.get(what="fail")
    assert failed.texts.get().text == "The account is closed."
    told = Outbox.objects.filter(kind="staff", recipient=people.executor.email)
    assert "refused" in told.get().body
    assert carry_out() == 0

    perform(remedy, "start_by_hand", actor=people.executor)
    assert state_of(remedy) == ("executing", "replaced")
    perform(remedy, "complete", actor=people.executor, proof="tx-1")
    assert carry_out() == 0
    assert books.booked() == []
    assert Payout.objects.get().proof == "tx-1"


def test_refused_can_be_told_again(
    people: People, remedy: Remedy, books: Ledger
) -> None:
    books.trouble.append("refuse")
    started(remedy, people)
    carry_out()
    started(remedy, people)

    assert orders.send_due(now=later()) == 1

    assert state_of(remedy) == ("executed", "done")
    assert len(books.booked()) == Instruction.objects.count() == 1


def test_by_hand_is_for_orders_that_are_not_under_way(
    people: People, remedy: Remedy
) -> None:
    perform(remedy, "start_by_hand", actor=people.executor)
    assert not remedy.instructions.exists()
    perform(remedy, "complete", actor=people.executor, proof="tx-2")
    assert carry_out() == 0


@pytest.mark.parametrize("fault", ["lose", "garble", "drop"])
def test_unknown_outcome_is_asked_for_before_anything_is_told(
    people: People, remedy: Remedy, books: Ledger, fault: str
) -> None:
    books.trouble.append(fault)
    started(remedy, people)
    assert carry_out() == 0
    row = Instruction.objects.get()
    assert (row.state, row.unsure, row.attempts) == ("waiting", True, 1)
    assert [line.kind for line in order_lines(remedy)] == ["late"]
    assert carry_out() == 0, "it waits its time"

    assert orders.send_due(now=later()) == 1

    assert state_of(remedy) == ("executed", "done")
    asked = [method for method, _key in books.heard]
    assert asked == (["POST", "GET", "POST"] if fault == "drop" else ["POST", "GET"])
    assert len(books.booked()) == 1


def test_a_busy_or_absent_ledger_is_tried_again_each_time_later(
    people: People, remedy: Remedy, books: Ledger, settings: Any
) -> None:
    books.trouble.extend(["busy"])
    started(remedy, people)
    now = timezone.now()
    waits = []
    for turn in range(7):
        if turn:
            settings.PAYOUT_URL = "http://127.0.0.1:9"
        assert orders.send_due(now=now) == 0
        row = Instruction.objects.get()
        waits.append(round((row.due_at - now).total_seconds()))
        assert row.unsure is False
        now = row.due_at
    assert waits == [30, 60, 120, 240, 480, 960, 1920]
    silent = Event.objects.get(what="order_silent")
    told = Outbox.objects.filter(kind="staff", recipient=people.executor.email)
    assert told.get().key.startswith(f"{silent.stream}#{silent.seq}:")

    settings.PAYOUT_URL = books.url
    assert orders.send_due(now=now) == 1
    assert state_of(remedy) == ("executed", "done")


def test_a_silent_ledger_is_asked_once_a_turn(
    people: People, books: Ledger, settings: Any
) -> None:
    """Each wait would hold the worker; the order that waits moves behind the others."""
    people.customer.account_id = "40000001"
    people.customer.save()
    case = cases.at(people, "investigating")
    cases.draft(people, case)
    more = decide.NewRemedy(
        kind="goodwill", amount=Decimal(5), asset="USDT", rate=Decimal(1)
    )
    decide.add_remedy(complaint=case, remedy=more, actor=people.security)
    perform(case, "propose_decision", actor=people.security)
    perform(case, "approve_decision", actor=cases.sign_all(people, case))
    for remedy in case.remedies.all():
        started(remedy, people)
    settings.PAYOUT_URL = "http://127.0.0.1:9"
    attempts = Instruction.objects.order_by("pk").values_list("attempts", flat=True)
    assert carry_out() == 0
    assert list(attempts.all()) == [1, 0]
    assert carry_out() == 0
    assert list(attempts.all()) == [1, 1]

    settings.PAYOUT_URL = books.url
    assert orders.send_due(now=later()) == 2
    assert len(books.booked()) == 2


def test_an_answer_about_another_order_is_none(
    people: People, remedy: Remedy, books: Ledger
) -> None:
    started(remedy, people)
    key = remedy.payout.idempotency_key
    books.carry_out(key, {"kind": "pay", "to": "somebody", "amount": "1"})
    row = Instruction.objects.get()
    Instruction.objects.update(unsure=True)
    assert carry_out() == 0
    row.refresh_from_db()
    assert (row.state, row.answer) == (
        "waiting",
        "done, but another order under this key",
    )


def test_whoever_fell_asleep_is_not_believed(
    people: People, remedy: Remedy, books: Ledger
) -> None:
    """An order that is begun too late is refused by the ledger, whoever it is."""
    started(remedy, people)
    order = orders.order_of(Instruction.objects.get())
    with pytest.raises(payouts.Unsent, match="late"):
        payouts.give(order, until=timezone.now() - timedelta(seconds=2))
    assert books.booked() == []


@pytest.mark.parametrize("key", ["another key", ""])
def test_a_wrong_key_pays_nothing(
    people: People, remedy: Remedy, books: Ledger, settings: Any, key: str
) -> None:
    started(remedy, people)
    settings.PAYOUT_KEY = key
    assert carry_out() == 0
    assert books.booked() == []
    assert Instruction.objects.get().unsure is False


def test_an_order_that_cannot_be_written_down_holds_up_no_other(
    people: People,
    remedy: Remedy,
    books: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    started(remedy, people)
    with monkeypatch.context() as patched:
        patched.setattr(orders, "perform", lambda *_a, **_k: 1 / 0)
        assert carry_out() == 0
    row = Instruction.objects.get()
    assert (row.state, row.unsure, row.answer) == ("waiting", True, "ZeroDivisionError")
    assert "failed" in caplog.text

    assert orders.send_due(now=later()) == 1
    assert state_of(remedy) == ("executed", "done")
    assert len(books.booked()) == 1


# Killed between any two steps ---------------------------------------------------------


class Killed(BaseException):
    """The worker's end: nothing after it is run."""


STEPS = (
    (orders, "_receipt", "before", "POST"),  # claimed, not a word said
    (payouts, "give", "before", "GET POST"),  # noted down, not said
    (payouts, "give", "after", "GET"),  # paid, nothing written
    (orders, "_done", "before", "GET"),  # the same, one step on
    (orders, "perform", "before", "GET"),  # the row is written, the move is not
    (orders, "perform", "after", "GET"),  # both, not committed
    (orders, "_done", "after", ""),  # all of it
)
"""Where it ends, and what the next one says to the ledger."""


def kill_at(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, when: str) -> None:
    real = getattr(module, name)

    def deadly(*args: Any, **kwargs: Any) -> Any:
        if when == "after":
            real(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(module, name, deadly)


@pytest.mark.parametrize(("module", "name", "when", "said"), STEPS)
def test_killed_at_any_step_it_is_paid_once(
    people: People,
    remedy: Remedy,
    books: Ledger,
    module: Any,
    name: str,
    when: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started(remedy, people)
    with monkeypatch.context() as patched:
        kill_at(patched, module, name, when)
        with pytest.raises(Killed):
            carry_out()
    assert carry_out() == 0, "the lease of the dead one stands"
    books.heard.clear()

    orders.send_due(now=later())

    assert [method for method, _key in books.heard] == said.split()
    assert state_of(remedy) == ("executed", "done")
    assert len(books.booked()) == 1
    assert Event.objects.filter(what="complete", object_id=remedy.pk).count() == 1


# Many at once -------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_approvals_starts_and_workers_make_one_payout(books: Ledger) -> None:
    people = everybody()
    people.customer.account_id = "40000001"
    people.customer.save()
    case = cases.at(people, "in_review")
    last = cases.sign_all(people, case)

    def approve(_number: int) -> None:
        perform(Complaint.objects.get(pk=case.pk), "approve_decision", actor=last)

    assert race(approve, 20)["won"] == 1
    remedy = Remedy.objects.get(complaint=case, state="approved")

    def start(_number: int) -> None:
        perform(Remedy.objects.get(pk=remedy.pk), "start", actor=people.executor)

    assert race(start, 20)["won"] == 1
    books.trouble.append("lose")
    assert race(lambda _number: carry_out(), 20) == {"won": 20}
    assert race(lambda _number: orders.send_due(now=later()), 20) == {"won": 20}

    assert state_of(remedy) == ("executed", "done")
    assert len(books.booked()) == Payout.objects.count() == 1
    assert Event.objects.filter(what="complete", object_id=remedy.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_workers_without_leases_pay_once(
    books: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where each believes that the others are dead: the ledger knows the key."""
    monkeypatch.setattr(orders, "LEASE", timedelta(seconds=-1))
    people = everybody()
    remedy = started(owing(people), people)

    race(lambda _number: carry_out(), 8)
    orders.send_due(now=later())

    assert state_of(remedy) == ("executed", "done")
    assert len(books.booked()) == 1
    assert Event.objects.filter(what="complete", object_id=remedy.pk).count() == 1


def test_only_executors_start(people: People, remedy: Remedy) -> None:
    for move in ("start", "start_by_hand"):
        with pytest.raises(NotPermitted):
            perform(remedy, move, actor=people.security)


# Due dates ----------------------------------------------------------------------------


def due(case: Complaint) -> list[datetime]:
    clocks = case.clocks.filter(step="execute_remedy", stopped_at=None)
    return list(clocks.values_list("due_at", flat=True))


def test_carrying_out_is_due_as_long_as_something_is_left(people: People) -> None:
    case = cases.at(people, "remedying")
    before = due(case)
    assert len(before) == 1
    remedy = case.remedies.get()
    perform(remedy, "start", actor=people.executor)
    perform(remedy, "fail", actor=people.executor, reason="The account is closed.")
    # Near the limit of the law the letter goes out before the money.
    limit = case.clocks.get(step="statutory_decision").due_at
    perform(case, "issue_decision", actor=system_actor(), now=limit)
    assert due(case) == before
    cases.execute(people, remedy)
    assert due(case) == []


def test_one_remedy_accepted_alone_has_its_due_date(people: People) -> None:
    case = cases.at(people, "investigating")
    cases.draft(people, case, on_acceptance=True)
    perform(case, "propose_decision", actor=people.security)
    perform(case, "approve_decision", actor=cases.sign_all(people, case))
    assert due(case) == [], "nothing is to be carried out before it is accepted"
    perform(case, "issue_decision", actor=system_actor())
    perform(case.remedies.get(), "accept", actor=people.customer)
    assert len(due(case)) == 1
    cases.execute(people, case.remedies.get())
    assert due(case) == []
