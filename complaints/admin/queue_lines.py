"""The rows of the queue: one case each, drawn without a template of their own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from complaints.admin.drawn import Mould
from complaints.admin.moves import CASE
from complaints.admin.presence_view import here_words
from complaints.models import Complaint, Tag
from complaints.permissions import Viewer
from complaints.selectors.desk import Beside, beside
from complaints.selectors.queue_page import Page
from complaints.selectors.sla import DAY, Chip, chip, length
from complaints.states import Channel, State

PLACES = (
    "pk",
    "reference",
    "url",
    "language",
    "subject",
    "version",
    "hidden",
    "here",
    "before",
    "state",
    "tags",
    "age",
    "last_reply",
    "chip",
    "handler",
    "severity",
    "channel",
)
"""What differs from row to row in ``queue_row.html``."""

NOTHING, HIDDEN = SafeString(), SafeString(" hidden")


@dataclass(frozen=True)
class Line:
    """One case as the queue shows it: ``row`` is its row of the table."""

    case: Complaint
    tags: list[Tag]
    watched: bool
    here: str
    row: SafeString


def lines(page: Page, viewer: Viewer, *, many: bool) -> list[Line]:
    """``many``: each can be chosen, for what is done to many at once."""
    if not page.rows:
        return []
    bears, drawn = beside(page.rows, viewer), Drawn(many)
    return [
        _line(case, viewer, bears.get(case.pk, Beside()), drawn) for case in page.rows
    ]


class Drawn:
    """Parts that many rows have alike, each drawn once a page."""

    def __init__(self, many: bool) -> None:
        self.row = Mould(
            "admin/complaints/queue_row.html",
            *PLACES,
            acts=many,
            person=self._icon("person"),
        )
        watched = f"<span>{self._icon('eye')} {escape(_('watched'))}</span>"
        self.watched = SafeString(watched)
        self.chips: dict[str, Mould] = {}
        self.words: dict[Any, SafeString] = {}
        self.page = reverse(CASE, args=(0,)).split("/0/")
        self.nobody, self.you = _("Nobody"), _("You")
        self.nobody_yet, self.customer, self.us = (
            _("Nobody yet"),
            _("Customer"),
            _("Us"),
        )
        self.who_and_when = _("%(who)s, %(span)s")

    def url(self, case: Complaint) -> SafeString:
        """As ``reverse`` would have it, which costs more than the rest of a row."""
        return SafeString(f"{self.page[0]}/{case.pk}/{self.page[1]}")

    def label(self, value: Any) -> SafeString:
        """The label of a member of an enumeration; Django's ``get_…_display``
        translates every choice of the field to name one."""
        if value not in self.words:
            self.words[value] = SafeString(escape(str(value.label)))
        return self.words[value]

    def since(self, at: datetime, now: datetime) -> SafeString:
        """How long ago, in days where it was days: those rows say the same."""
        span = max(now - at, timedelta())
        key = span // DAY or span
        if key not in self.words:
            self.words[key] = SafeString(escape(length(span)))
        return self.words[key]

    def chip(self, chip: Chip) -> SafeString:
        if chip.kind not in self.chips:
            template = "partials/sla_chip.html"
            self.chips[chip.kind] = Mould(template, "words", kind=chip.kind)
        return self.chips[chip.kind].cast({"words": chip.words})

    def severity(self, level: str) -> SafeString:
        if level not in self.words:
            drawn = render_to_string("partials/severity.html", {"level": level})
            self.words[level] = drawn
        return self.words[level]

    def category(self, case: Complaint) -> SafeString:
        key = ("category", case.category_id)
        if key not in self.words:
            words = escape(case.category.label) if case.category else ""
            self.words[key] = SafeString(f"<span>{words}</span>" if words else "")
        return self.words[key]

    def _icon(self, name: str) -> SafeString:
        return render_to_string("partials/icon.html", {"name": name})


def _line(case: Complaint, viewer: Viewer, bears: Beside, drawn: Drawn) -> Line:
    here = here_words(bears.here) if bears.here else ""
    watched = drawn.watched if bears.watched else NOTHING
    values = {
        "pk": str(case.pk),
        "reference": case.reference,
        "url": drawn.url(case),
        "language": case.language,
        "subject": case.subject,
        "version": str(case.version),
        "hidden": NOTHING if here else HIDDEN,
        "here": here,
        "before": SafeString(watched + drawn.category(case)),
        "state": drawn.label(State(case.state)),
        "tags": _tags(bears.tags) if bears.tags else NOTHING,
        "age": drawn.since(case.received_at, viewer.at),
        "last_reply": _last_reply(case, viewer.at, drawn),
        "chip": drawn.chip(chip(case, viewer.at)),
        "handler": _handler(case, viewer, drawn),
        "severity": drawn.severity(case.severity),
        "channel": drawn.label(Channel(case.channel)),
    }
    return Line(case, bears.tags, bears.watched, here, drawn.row.cast(values))


def _tags(tags: list[Tag]) -> SafeString:
    names = (escape(tag.name) for tag in tags)
    return SafeString("".join(f'<span class="label">{name}</span>' for name in names))


def _last_reply(case: Complaint, now: datetime, drawn: Drawn) -> str:
    """By whom and how long ago: "Customer, 3 h"."""
    if case.last_message_at is None:
        return drawn.nobody_yet
    who = drawn.customer if case.last_message_from == "customer" else drawn.us
    span = drawn.since(case.last_message_at, now)
    return drawn.who_and_when % {"who": who, "span": span}


def _handler(case: Complaint, viewer: Viewer, drawn: Drawn) -> str:
    if case.handler_id is None:
        return drawn.nobody
    return drawn.you if case.handler_id == viewer.user.pk else str(case.handler)
