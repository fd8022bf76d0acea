"""What has happened, as sentences for the customer, newest first."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from complaints.models import Complaint, Event
from complaints.permissions import Viewer
from complaints.states import Direction

SENTENCES: dict[str, Callable[[], str]] = {
    "file": lambda: _("We received your complaint and sent an acknowledgement."),
    "admit": lambda: _("Your complaint was admitted. The team is looking into it."),
    "refuse_admission": lambda: _("We could not take up your complaint."),
    "not_a_complaint": lambda: _("We answered it as a question."),
    "complete": lambda: _("You added to it, and it is a complaint again."),
    "reroute": lambda: _("Another team took it over."),
    "issue_decision": lambda: _("We sent you the decision with reasons."),
    "accept": lambda: _("You accepted the decision."),
    "close": lambda: _("The complaint was closed."),
    "withdraw": lambda: _("You withdrew the complaint."),
    "merge_into": lambda: _("It was joined to another complaint of yours."),
    "reopen": lambda: _("The complaint was opened again."),
    "lodge_appeal": lambda: _("You appealed."),
    "conclude_appeal": lambda: _("Your appeal was ruled on."),
    "evidence": lambda: _("A file was added to the evidence."),
}
"""Events that the customer hears of; everything else stays inside."""


def history(
    case: Complaint, viewer: Viewer, future: Iterable[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Entries for the timeline partial: what is to come, then what was."""
    past = [*_events(case), *_messages(case)]
    past.sort(key=lambda entry: entry["at"], reverse=True)
    return [*future, *past]


def _events(case: Complaint) -> list[dict[str, Any]]:
    rows = Event.objects.filter(stream=case.stream, what__in=SENTENCES)
    return [
        {"at": row.at, "kind": "system", "text": SENTENCES[row.what]()}
        for row in rows.only("at", "what")
    ]


def _messages(case: Complaint) -> list[dict[str, Any]]:
    rows = case.messages.exclude(direction=Direction.INTERNAL)
    return [
        {
            "at": row.at,
            "kind": "person",
            "text": _said(row),
            "body": row.text,
            "direction": row.direction,
            "lang": row.language,
        }
        for row in rows
    ]


def _said(message: Any) -> str:
    if message.direction == Direction.INBOUND:
        return _("You wrote")
    return _("We asked you one question") if message.is_question else _("We wrote to you")
