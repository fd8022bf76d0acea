"""Tells the leads of support when what comes in stands still or does not add up.

Each person hears of one trouble once a day; it is said again as long as it lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext, override

from complaints import outbox
from complaints.channels.counts import Counts, intake_counts
from complaints.channels.email import mailbox_state
from complaints.models import Mailbox
from complaints.staff_notices import in_role
from complaints.states import Channel
from teams.roles import Role

SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Trouble:
    """``code`` is stable, of at most 60 characters; ``words`` are asked for in the
    language of whoever reads them."""

    code: str
    words: Callable[[], str]


def troubles(now: datetime) -> list[Trouble]:
    """What is wrong with the intake at this moment."""
    return [*of_counts(intake_counts(), now), *_of_mailboxes(now)]


def of_counts(counts: list[Counts], now: datetime) -> Iterator[Trouble]:
    """The same, of messages alone."""
    for one in counts:
        if not one.adds_up:
            yield Trouble(f"uneven:{one.provider}", partial(_uneven, one))
        if one.is_stuck(now):
            yield Trouble(f"stuck:{one.provider}", partial(_stuck, one))
        if one.flood:
            yield Trouble(f"flood:{one.provider}", partial(_flooded, one))
        if one.is_kept_waiting(now):
            yield Trouble(f"held:{one.provider}", partial(_kept_waiting, one))


def _of_mailboxes(now: datetime) -> Iterator[Trouble]:
    for box in mailbox_state.states():
        if box.is_down(now) or box.refused:
            yield Trouble(f"mailbox:{box.name}"[:60], partial(_down, box))


def _uneven(counts: Counts) -> str:
    return gettext(
        "%(channel)s: what became of the messages does not add up to the %(stored)s "
        "that came in. Nothing is deleted by it; have somebody look at the database."
    ) % {"channel": name_of(counts.provider), "stored": counts.stored}


def _stuck(counts: Counts) -> str:
    return ngettext(
        "%(channel)s: %(count)s message is stored and nobody decides what becomes of "
        "it. See whether the worker runs.",
        "%(channel)s: %(count)s messages are stored and nobody decides what becomes of "
        "them. See whether the worker runs.",
        counts.undecided,
    ) % {"channel": name_of(counts.provider), "count": counts.undecided}


def _flooded(counts: Counts) -> str:
    return ngettext(
        "%(channel)s: %(count)s message is held because more senders than usual wrote "
        "within an hour whose addresses nothing proves. Nobody was answered. Look "
        "whether the address is invented; accept what is a complaint, and its receipt "
        "goes.",
        "%(channel)s: %(count)s messages are held because more senders than usual "
        "wrote within an hour whose addresses nothing proves. Nobody was answered. "
        "Look whether the addresses are invented; accept what is a complaint, and its "
        "receipt goes.",
        counts.flood,
    ) % {"channel": name_of(counts.provider), "count": counts.flood}


def _kept_waiting(counts: Counts) -> str:
    return ngettext(
        "%(channel)s: %(count)s message has been held for more than a day. It may be a "
        "complaint whose time limits run already.",
        "%(channel)s: %(count)s messages are held, the oldest for more than a day. One "
        "of them may be a complaint whose time limits run already.",
        counts.held,
    ) % {"channel": name_of(counts.provider), "count": counts.held}


def _down(box: Mailbox) -> str:
    return gettext("The mailbox %(name)s cannot be fetched: %(error)s") % {
        "name": box.name,
        "error": box.error or gettext("it was not looked at for a while"),
    }


def name_of(provider: str) -> str:
    """A provider in the words of the register."""
    return str(dict(Channel.choices).get(provider, provider))


def tell(*, now: datetime | None = None) -> int:
    """Write to the leads of support of each trouble; how many there are."""
    moment = now or timezone.now()
    found = troubles(moment)
    people = sorted(in_role(SUPPORT, Role.LEAD), key=lambda user: user.pk)
    with transaction.atomic():
        for trouble in found:
            for user in people:
                with override(user.language):
                    outbox.staff_notice(
                        key=f"intake:{moment.date()}:{user.pk}:{trouble.code}",
                        user=user,
                        subject=gettext("Incoming messages need somebody"),
                        body=f"{trouble.words()}\n\n{_page()}\n",
                        complaint=None,
                        now=moment,
                    )
    return len(found)


def _page() -> str:
    path = reverse("admin:complaints_rawmessage_changelist")
    return f"{settings.SITE_URL}{path}"
