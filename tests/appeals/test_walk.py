"""From a decision to a ruling that the customer reads, by the real doors alone."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from appeals.models import Appeal
from complaints import ledger
from complaints.models import Complaint, Event, Outbox, Remedy
from complaints.permissions import Viewer
from complaints.states import AppealState, LetterKind, State
from complaints.workflow import perform
from teams.system import system_actor
from tests import cases
from tests.appeals import walk
from tests.people import People


def _as(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_appeal_from_lodging_to_the_new_decision_in_the_customers_hand(
    people: People, case_at: Any, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    case: Complaint = case_at(State.ANSWERED)
    customer, reviewer = _as(people.customer), _as(people.appeals_2)

    lodged = customer.post(
        f"/complaints/{case.reference}/appeal/",
        {"kind_2": "remedy_too_small", "text_2": "The hold would have stopped it."},
    )
    row = Appeal.objects.get()
    desk = f"/admin/appeals/appeal/{row.pk}/"
    reviewer.post(f"{desk}do/admit/", {"version": 0})
    reviewer.post(f"{desk}do/start_review/", {"version": 1})
    reviewer.post(f"{desk}ground/1/", {"accepted": "yes", "answer": "It would."})
    walk.signed(people, row)
    reviewer.post(
        f"{desk}ruling/",
        {"outcome": "varied", "summary": "You get more.", "reasons": "No hold ran."},
    )
    reviewer.post(f"{desk}do/rule/", {"version": 2, "sure": "on"})

    row.refresh_from_db()
    assert row.state == AppealState.RULED
    page = customer.get(lodged["Location"]).content.decode()
    assert "You get more." in page
    assert "It would." in page

    cases.execute(people, Remedy.objects.get(decision=row.new_decision))
    case.refresh_from_db()
    perform(case, "issue_decision", actor=system_actor())

    decision = customer.get(f"/complaints/{case.reference}/decision/")
    assert "We uphold your complaint." in decision.content.decode()
    kinds = list(case.letters.order_by("pk").values_list("kind", flat=True))
    assert kinds[-4:] == [
        LetterKind.APPEAL_RECEIVED,
        LetterKind.RULING,
        LetterKind.REMEDY_DONE,
        LetterKind.DECISION,
    ]
    sent = Outbox.objects.filter(
        letter__complaint=case, recipient=people.customer.email
    )
    assert sent.count() == len(kinds)
    assert list(ledger.verify()) == []
    assert list(ledger.verify_versions([case, row])) == []


@pytest.mark.drill
def test_one_mail_of_the_corpus_goes_from_the_command_to_its_ruling(
    people: People, corpus: Path
) -> None:
    """All of them are taken, one that was opened is carried through all ten steps."""
    folders = ("helpdesk", "requests")
    paths = [p for name in folders for p in sorted((corpus / "mail" / name).iterdir())]
    out = StringIO()
    call_command("intake_email", *map(str, paths), stdout=out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert len(lines) == len(paths) >= 24
    outcomes = {line["outcome"] for line in lines}
    assert {"opened"} < outcomes <= {"opened", "appended", "held", "dropped"}

    opened = dict(zip((p.name for p in paths), lines, strict=True))["test_mail_02.txt"]
    case = Complaint.objects.get(reference=opened["reference"])
    for step in cases.PATHS[State.ANSWERED]:
        step(people, case)
    own = frozenset({case.pk}), frozenset({case.customer_id})
    guest = Viewer(user=system_actor("guest"), only=own[0], parties=own[1])
    row = walk.appeal(case, actor=guest)
    reviewer = walk.reviewer(row)
    perform(row, "admit", actor=reviewer)
    perform(row, "start_review", actor=reviewer)
    walk.answer_all(row)
    walk.write(row, "confirmed")
    perform(row, "rule", actor=reviewer)
    case.refresh_from_db()
    perform(case, "accept", actor=guest)
    perform(case, "close", actor=people.security_lead)

    kinds = list(case.letters.order_by("pk").values_list("kind", flat=True))
    assert kinds[0] == LetterKind.RECEIPT
    assert kinds[-2:] == [LetterKind.RULING, LetterKind.CLOSED]
    assert (row.state, case.state) == (AppealState.RULED, State.CLOSED)
    assert list(ledger.verify()) == []
    assert list(ledger.verify_versions([case, row])) == []


def test_every_step_of_an_appeal_stands_on_the_cases_stream(
    people: People, case_at: Any
) -> None:
    case = case_at(State.ANSWERED)
    start = Event.objects.filter(stream=case.stream).count()

    walk.ruled(people, case, "varied")

    rows = Event.objects.filter(stream=case.stream, seq__gt=start).order_by("seq")
    assert [row.what for row in rows] == [
        "lodge_appeal",
        "appeal_lodged",
        "reviewer_chosen",
        "admit",
        "start_review",
        "ground_answered",
        "appeal_decision_proposed",
        "no_signer",
        "appeal_decision_signed",
        "appeal_decision_signed",
        "ruling_written",
        "rule",
        "approve",
        "conclude_appeal",
    ]
