"""What the relay does with a scan's notice: writes to the people it concerns.

A scan says no more than which clocks came how far, so that it is as quick as the
database; who hears of it is found here, by what holds at that moment. A notice to a
person has a key of clock, level and person: telling twice tells once.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext

from complaints import clocks, outbox, rowsets
from complaints.models import Outbox
from complaints.outbox import STAFF, Deferred
from complaints.services.escalation import Circle, Desk, Late, late
from complaints.states import Channel, Step
from teams.models import User

logger = logging.getLogger(__name__)

CIRCLE_CHANNEL = "circle"
"""The relay's channel for what a scan met; see ``tell``."""

CLOCKS = "clocks"


def of_clocks(levels: Mapping[int, int], now: datetime) -> Outbox:
    """The unsaved notice that these clocks (by key) reached these levels."""
    body = json.dumps(sorted(levels.items()))
    return Outbox(
        key=f"clocks:{hashlib.sha256(body.encode()).hexdigest()}",
        kind=CLOCKS,
        channel=CIRCLE_CHANNEL,
        body=body,
        due_at=now,
        created_at=now,
    )


def tell(row: Outbox) -> None:
    """Write a notice to everybody whom these clocks concern; each is sent by itself.

    Where that fails as a whole, each clock is told of by itself. Raises ``Deferred``
    when some could not be.
    """
    rows, desk = late(dict(json.loads(row.body))), Desk.read()
    try:
        _write(rows, desk, row.created_at)
    except Exception:
        logger.exception("notice %s could not be told as a whole", row.pk)
        _write_each(rows, desk, row.created_at)


def _write_each(rows: Sequence[Late], desk: Desk, now: datetime) -> None:
    failed = []
    for row in rows:
        try:
            _write([row], desk, now)
        except Exception:
            logger.exception("nobody could be told of clock %s", row.pk)
            failed.append(row.pk)
    if failed:
        raise Deferred(f"Nobody was told of the clocks {failed}.")


@transaction.atomic
def _write(rows: Sequence[Late], desk: Desk, now: datetime) -> None:
    circle, speaker = Circle(desk, rows, now), Speaker(now)
    told = [speaker.notice(row, person) for row in rows for person in circle.of(row)]
    if told:
        rowsets.insert(told, once=True)
        outbox.wake_after_commit()


# Words --------------------------------------------------------------------------------


class Speaker:
    """Writes the notices of one batch; what many of them share is made once."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.forms: dict[tuple[str, str], tuple[str, str]] = {}
        self.steps: dict[tuple[str, str], str] = {}
        self.days: dict[tuple[datetime, str, str], str] = {}

    def notice(self, row: Late, user: User) -> Outbox:
        """The unsaved notice to one person; its key is unique for clock and level."""
        subject, body = self._words(row, user.language, user.time_zone)
        return Outbox(
            key=f"clock:{row.pk}:{row.level}:{user.pk}",
            kind=STAFF,
            complaint_id=row.complaint_id,
            user=user,
            channel=Channel.EMAIL,
            recipient=user.email,
            recipient_name=user.get_full_name(),
            subject=subject,
            body=body,
            due_at=self.now,
            created_at=self.now,
        )

    def _words(self, row: Late, language: str, zone: str) -> tuple[str, str]:
        days = (self.now - row.due_at).days if row.level >= 100 else -1
        kind = "reminder" if days < 0 else "overdue" if days else "due"
        subject, body = self._form(kind, language)
        facts = {
            "reference": row.reference,
            "step": self._step(row.step, language),
            "due": self._day(row.due_at, zone, language),
            "zone": zone,
            "percent": row.level,
            "days": days,
            "url": settings.SITE_URL + outbox.case_page(row.complaint_id),
        }
        return subject % facts, body % facts

    def _form(self, kind: str, language: str) -> tuple[str, str]:
        if (kind, language) not in self.forms:
            with translation.override(language):
                self.forms[kind, language] = FORMS[kind]()
        return self.forms[kind, language]

    def _step(self, step: str, language: str) -> str:
        if (step, language) not in self.steps:
            with translation.override(language):
                self.steps[step, language] = str(Step(step).label)
        return self.steps[step, language]

    def _day(self, at: datetime, zone: str, language: str) -> str:
        if (at, zone, language) not in self.days:
            with translation.override(language):
                shape = pgettext("date format", "j F Y, H:i")
                local = localtime(at, clocks.zone(zone))
                self.days[at, zone, language] = date_format(local, shape)
        return self.days[at, zone, language]


def _reminder() -> tuple[str, str]:
    return gettext("Reminder: %(reference)s"), gettext(
        "%(step)s, %(reference)s: due on %(due)s (%(zone)s). "
        "%(percent)s %% of the time is gone.\n\n%(url)s"
    )


def _just_due() -> tuple[str, str]:
    return gettext("Overdue: %(reference)s"), gettext(
        "%(step)s, %(reference)s: was due on %(due)s (%(zone)s) and is overdue."
        "\n\n%(url)s"
    )


def _long_due() -> tuple[str, str]:
    return gettext("Overdue: %(reference)s"), gettext(
        "%(step)s, %(reference)s: was due on %(due)s (%(zone)s) and has been overdue "
        "for %(days)s days.\n\n%(url)s"
    )


FORMS: dict[str, Callable[[], tuple[str, str]]] = {
    "reminder": _reminder,
    "due": _just_due,
    "overdue": _long_due,
}
