"""Question by question to a complaint; in danger at once."""

import pytest

from complaints import ledger
from complaints.channels import cases, hold
from complaints.models import Complaint, Contact, Outbox, ProtectionRequest
from tests.complaints.channels.telegram.bot import ADA, filed, push, reply, say
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bot")]


def test_questions_lead_to_a_complaint() -> None:
    assert (say("/file").outcome, reply()[:26]) == (
        "dropped",
        "Is money or access at risk",
    )
    push("risk:no")
    assert reply() == "What is it about?"
    push("cat:withdrawals")
    push("cat:withdrawals.delayed")
    assert reply().startswith("Tell us in one message")
    raw = say("My withdrawal never came.\nIt was 300 USDT.")

    case = Complaint.objects.get()
    assert (raw.outcome, raw.complaint) == ("opened", case)
    assert (case.channel, case.state, case.language) == ("telegram", "received", "en")
    assert case.description == "My withdrawal never came.\nIt was 300 USDT."
    assert case.category is not None
    assert case.category.code == "withdrawals.delayed"
    assert reply().startswith(case.reference)
    contact = Contact.objects.get(party=case.customer)
    assert (contact.provider, contact.value, contact.proved_at) == (
        "telegram",
        str(ADA),
        None,
    )
    assert list(ledger.verify()) == []


def test_story_told_first_is_held_until_it_is_known_where_it_belongs() -> None:
    raw = say("My withdrawal never came, it was a lot.")
    assert (raw.outcome, raw.reason) == ("held", "unfinished")
    more = say("I wrote to your support as well.")
    push("risk:no")
    push("cat:withdrawals.delayed")

    case = Complaint.objects.get()
    for row, outcome in ((raw, "opened"), (more, "appended")):
        row.refresh_from_db()
        assert (row.outcome, row.complaint) == (outcome, case)
    assert case.description == "My withdrawal never came, it was a lot."
    assert case.messages.get(direction="in").text == "I wrote to your support as well."


def test_what_a_person_took_up_meanwhile_is_not_taken_up_twice(people: People) -> None:
    raw = say("My withdrawal never came, it was a lot.")
    hold.accept(raw, actor=people.support)
    push("risk:no")
    push("cat:withdrawals.delayed")
    assert Complaint.objects.count() == 1
    assert reply().startswith("Tell us in one message")


@pytest.mark.parametrize(
    ("danger", "measure", "category"),
    [
        ("transfer", "withdrawal_lock", "security.unauthorised-withdrawal"),
        ("intruder", "session_kill", "security.takeover"),
        ("locked_out", "freeze", "security.locked-out"),
    ],
)
def test_danger_is_two_presses_from_security(
    danger: str, measure: str, category: str
) -> None:
    say("/file")
    push("risk:yes")
    raw = push(f"danger:{danger}")

    case = Complaint.objects.get()
    assert (raw.outcome, case.funds_at_risk, case.severity) == (
        "opened",
        True,
        "critical",
    )
    assert case.category is not None
    assert case.category.code == category
    assert ProtectionRequest.objects.get(complaint=case).kind == measure
    assert Outbox.objects.filter(complaint=case, channel="alarm").exists()
    assert say("He is in my account since noon.").complaint == case


def test_one_complaint_too_many_a_day_waits_for_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cases, "OPENED_A_DAY", 2)
    filed("The first")
    filed("The second")
    say("/file")
    push("risk:no")
    push("cat:withdrawals.delayed")
    raw = say("One more")
    assert (raw.outcome, raw.reason) == ("held", "too_many")
    assert Complaint.objects.count() == 2
