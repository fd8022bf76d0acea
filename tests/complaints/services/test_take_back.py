"""Taking back what was carried out: a reason, a second person, one booking."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from appeals.demo.standins.ledger import Ledger
from complaints.errors import GuardRefused, IllegalMove, InvalidInput, NotPermitted
from complaints.models import Event, Instruction, Outbox, Remedy
from complaints.services import orders
from complaints.services.take_back import answer_take_back, ask_take_back
from complaints.tasks import carry_out
from complaints.workflow import available_transitions, perform
from teams.models import User
from tests import cases
from tests.complaints.services.test_orders import later, owing, serve
from tests.people import People

REASON = "Paid to the wrong person."


@pytest.fixture
def books(tmp_path: Path, settings: Any) -> Iterator[Ledger]:
    yield from serve(tmp_path, settings)


@pytest.fixture
def paid(people: People, books: Ledger) -> Remedy:
    remedy = owing(people)
    perform(remedy, "start", actor=people.executor)
    carry_out()
    remedy.refresh_from_db()
    return remedy


@pytest.fixture
def by_hand(people: People) -> Remedy:
    """Paid by a person, who recorded the proof."""
    remedy = cases.at(people, "remedying").remedies.get()
    cases.execute(people, remedy)
    return remedy


def asked(remedy: Remedy, people: People) -> Instruction:
    return ask_take_back(remedy=remedy, reason=REASON, actor=people.executor)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_ledger_takes_back_once_two_agreed(
    people: People, paid: Remedy, books: Ledger
) -> None:
    asked(paid, people)
    assert carry_out() == 0
    answer_take_back(remedy=paid, agreed=True, actor=people.security_lead)
    books.trouble.append("lose")
    assert carry_out() == 0
    assert orders.send_due(now=later()) == 1

    paid.refresh_from_db()
    key = paid.payout.idempotency_key
    assert (paid.state, paid.payout.reversal_proof) == ("reversed", "L-00000002")
    assert [(row["key"], row["of"]) for row in books.booked()] == [
        (key, ""),
        (f"{key}-back-1", key),
    ]
    told = Event.objects.filter(object_type="remedy", object_id=paid.pk)
    said = [event.what for event in told.order_by("seq")]
    assert said[-3:] == ["take_back_asked", "take_back_agreed", "reverse"]
    with pytest.raises(IllegalMove):
        asked(paid, people)


def test_second_person_is_another_of_enough_rank(
    people: People, by_hand: Remedy
) -> None:
    row = asked(by_hand, people)
    told = Outbox.objects.filter(kind="staff", body__contains="to be taken back")
    assert [notice.recipient for notice in told] == [people.security_lead.email]
    for user in (people.executor, people.security):
        with pytest.raises(NotPermitted):
            answer_take_back(remedy=by_hand, agreed=True, actor=user)
    constraint = pytest.raises(IntegrityError, match="instruction_by_two_people")
    with constraint, transaction.atomic():
        Instruction.objects.update(answered_by=row.ordered_by)


def test_large_sums_need_an_approver(people: People) -> None:
    case = cases.at(people, "investigating")
    cases.draft(people, case, amount="5000")
    perform(case, "propose_decision", actor=people.security)
    perform(case, "approve_decision", actor=cases.sign_all(people, case))
    remedy = case.remedies.get()
    cases.execute(people, remedy)
    asked(remedy, people)
    with pytest.raises(NotPermitted):
        answer_take_back(remedy=remedy, agreed=True, actor=people.security_lead)
    answer_take_back(remedy=remedy, agreed=True, actor=people.approver)
    assert Instruction.objects.get().state == "agreed"


def test_by_hand_is_recorded_with_its_proof_once_agreed(
    people: People, by_hand: Remedy
) -> None:
    proof: dict[str, Any] = {"reason": REASON, "proof": "tx-9"}
    with pytest.raises((GuardRefused, NotPermitted)):
        perform(by_hand, "reverse", actor=people.executor, **proof)
    names = {o.name for o in available_transitions(by_hand, people.executor)}
    assert "reverse" not in names
    asked(by_hand, people)
    answer_take_back(remedy=by_hand, agreed=True, actor=people.security_lead)

    perform(by_hand, "reverse", actor=people.executor, **proof)

    row = Instruction.objects.get()
    assert (row.state, row.proof, row.by_hand) == ("done", "tx-9", True)
    assert by_hand.state == "reversed"


def test_declined_says_why_and_can_be_asked_again(
    people: People, by_hand: Remedy
) -> None:
    asked(by_hand, people)
    with pytest.raises(InvalidInput):
        answer_take_back(remedy=by_hand, agreed=False, actor=people.security_lead)
    answer_take_back(
        remedy=by_hand, agreed=False, actor=people.security_lead, words="It was right."
    )
    second = asked(by_hand, people)
    assert second.key.endswith("-back-2")
    assert [row.state for row in Instruction.objects.order_by("pk")] == [
        "declined",
        "asked",
    ]


def test_the_ledgers_no_leaves_it_paid(
    people: People, paid: Remedy, books: Ledger
) -> None:
    asked(paid, people)
    answer_take_back(remedy=paid, agreed=True, actor=people.security_lead)
    books.trouble.append("refuse")
    assert carry_out() == 1
    paid.refresh_from_db()
    assert paid.state == "executed"
    assert Event.objects.get(what="take_back_refused").texts.get().text == (
        "The account is closed."
    )
    assert len(books.booked()) == 1
    again = ask_take_back(
        remedy=paid, reason=REASON, by_hand=True, actor=people.executor
    )
    assert again.by_hand


def test_closed_case_opens_for_the_one_who_takes_back(people: People) -> None:
    case = cases.at(people, "closed")
    remedy = case.remedies.get()
    seen = Remedy.objects.visible_to
    viewer = cases._viewer(people.executor)
    assert not seen(viewer).exists()
    ask_take_back(remedy=remedy, reason=REASON, actor=people.security_lead)
    with pytest.raises(NotPermitted):
        answer_take_back(remedy=remedy, agreed=True, actor=people.security_lead)


def test_pages_ask_and_answer(people: People, by_hand: Remedy) -> None:
    case = reverse("admin:complaints_complaint_change", args=[by_hand.complaint_id])
    ask = reverse("admin:complaints_remedy_take_back", args=[by_hand.pk])
    answer = reverse("admin:complaints_remedy_take_back_answer", args=[by_hand.pk])
    executor, lead = client_of(people.executor), client_of(people.security_lead)
    assert ask in executor.get(case).content.decode()
    assert executor.post(ask, {"reason": ""}).status_code == 422
    assert executor.post(ask, {"reason": REASON}).status_code == 302
    assert executor.get(ask).status_code == 403
    assert executor.get(answer).status_code == 403

    shown = lead.get(case).content.decode()
    assert answer in shown
    assert REASON in shown
    assert REASON in lead.get(answer).content.decode()
    refused = lead.post(answer, {"answer": "decline", "words": ""})
    assert (refused.status_code, "Say why not." in refused.content.decode()) == (
        422,
        True,
    )
    assert lead.post(answer, {"answer": "agree"}).status_code == 302
    assert Instruction.objects.get().answered_at <= timezone.now()
    assert client_of(people.tech).get(ask).status_code == 404


@pytest.mark.parametrize("on", ["case", "list"])
def test_pages_cost_the_same_for_many_orders(
    people: People, paid: Remedy, books: Ledger, on: str
) -> None:
    """One query tells of all orders, whatever their number and state."""
    case = reverse("admin:complaints_complaint_change", args=[paid.complaint_id])
    listed = reverse("admin:complaints_remedy_changelist")
    page = case if on == "case" else listed
    executor = client_of(people.executor)
    executor.get(page)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert executor.get(page).status_code == 200
        return len(queries)

    def decline(number: int, state: str = "declined") -> None:
        Instruction.objects.create(
            remedy=paid,
            what="take_back",
            key=f"more-{number}",
            state=state,
            ordered_by=people.executor,
            ordered_at=timezone.now(),
            answered_by=people.security_lead,
            due_at=timezone.now(),
        )

    decline(0)
    before = cost()
    decline(1, "refused")
    decline(2)
    assert cost() == before
    words = "It was not taken back:" if on == "case" else "declined to take it back."
    assert words in executor.get(page).content.decode()
