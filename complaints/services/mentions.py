"""Colleagues named in a note: ``@username`` of somebody who may read the case."""

import re
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from complaints.errors import InvalidInput
from complaints.format import listed
from complaints.models import Complaint
from complaints.services.task_list import sees_at_work
from teams.models import User
from teams.models.user import UserKind

MOST = 10
_MENTION = re.compile(r"(?<![A-Za-z0-9._%+@/-])@([A-Za-z0-9][A-Za-z0-9_.+-]{0,149})")
"""Not within an address, and Chinese may stand right before and after it."""


def names_in(text: str) -> list[str]:
    """The names after an @, each once, in their order."""
    found = (match[1].rstrip(".-+") for match in _MENTION.finditer(text))
    return list(dict.fromkeys(filter(None, found)))


def mentioned(text: str, complaint: Complaint, author: User) -> Sequence[User]:
    """The colleagues that a note names, without its author.

    Names that nobody here has are words like any other: an account on a platform may
    well be quoted. Raises ``InvalidInput`` ("text") for colleagues who may not read
    the case, and for more than ``MOST``.
    """
    people = _called(names_in(text), author)
    if len(people) > MOST:
        words = _("Name no more than %(most)s people in one note.") % {"most": MOST}
        raise InvalidInput(words, field="text", code="too_many")
    outside = [user for user in people if not sees_at_work(user, complaint)]
    if outside:
        words = _(
            "%(people)s may not see this case, so nobody would be told. Consult their "
            "team, or write the name without @."
        ) % {"people": listed([f"@{user.username}" for user in outside])}
        raise InvalidInput(words, field="text", code="not_visible")
    return people


def _called(names: Sequence[str], author: User) -> list[User]:
    if not names:
        return []
    spelt = {*names, *map(str.lower, names)}
    rows = User.objects.filter(username__in=spelt, kind=UserKind.STAFF, is_active=True)
    return list(rows.exclude(pk=author.pk).order_by("pk"))
