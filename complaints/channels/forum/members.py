"""Members of the board: customers under a nickname that says nothing of them."""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.channels.forum.models import Member
from complaints.channels.safetext import one_line
from complaints.errors import InvalidInput, NotPermitted
from teams.models.user import UserKind

if TYPE_CHECKING:
    from teams.models import User

OURS = re.compile(
    r"recourse|off[il]c[il]a[il]|support|adm[il]n|moderator|staff|客服|官方|管理|工作人员",
    re.I,
)
"""Nobody calls themselves by what we are called."""

LOOKS_LIKE = str.maketrans("013457ıøłđŧħ", "oleastioldth")
"""Digits and letters that stand for others in names that are to be mistaken."""

_NICKNAME = re.compile(
    r"[A-Za-z0-9\u00c0-\u024f\u3400-\u4dbf\u4e00-\u9fff]"
    r"[A-Za-z0-9\u00c0-\u024f\u3400-\u4dbf\u4e00-\u9fff _.-]{1,23}"
)


def member_of(user: User) -> Member | None:
    return Member.objects.filter(user=user).select_related("user").first()


def join(*, user: User, nickname: str, now: datetime | None = None) -> Member:
    """Make ``user`` a member under a nickname; one who is a member keeps theirs.

    Raises ``InvalidInput``, and ``NotPermitted`` for staff, who answer officially.
    """
    if user.kind != UserKind.CUSTOMER or user.is_staff:
        raise NotPermitted(_("Staff answer on the board from the desk."))
    known = member_of(user)
    if known is not None:
        return known
    name = _nickname(nickname, user)
    try:
        with transaction.atomic():
            return Member.objects.create(
                user=user,
                handle=secrets.token_hex(12),
                nickname=name,
                nickname_key=_compared(name),
                joined_at=now or timezone.now(),
            )
    except IntegrityError:
        known = member_of(user)
        if known is not None:
            return known
        raise InvalidInput(_("This nickname is taken."), field="nickname") from None


def _nickname(text: str, user: User) -> str:
    """Letters that cannot be taken for others, and nothing that says who it is."""
    name = unicodedata.normalize("NFKC", one_line(text, 100))
    if not _NICKNAME.fullmatch(name):
        words = _("Use 2 to 24 letters, digits, spaces, dots or hyphens.")
        raise InvalidInput(words, field="nickname")
    if any(OURS.search(read) for read in (name, _as_read(name))):
        raise InvalidInput(_("This name could be taken for ours."), field="nickname")
    if _compared(name) in _names_of(user):
        words = _("This says who you are. Choose a name that does not.")
        raise InvalidInput(words, field="nickname")
    return name


def _compared(name: str) -> str:
    """The nickname without case, accents or the signs between letters."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())[:60]


def _as_read(name: str) -> str:
    """The nickname as a hurried reader takes it: "S.upp0rt" says "support"."""
    return _compared(name).translate(LOOKS_LIKE)


def _names_of(user: User) -> set[str]:
    known = (
        user.username,
        user.email.partition("@")[0],
        user.get_full_name(),
        f"{user.last_name}{user.first_name}",
        user.last_name,
        user.account_id,
    )
    return {_compared(name) for name in known} - {""}
