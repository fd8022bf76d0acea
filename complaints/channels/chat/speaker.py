"""Who is at the other end: read anew each time, so that rights taken away count at
once, on a page as on a socket that has been open for hours."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.http import HttpRequest

from complaints.channels.chat.desk import staff_viewer
from complaints.channels.chat.models import Conversation, answers_chats
from complaints.permissions import Viewer

if TYPE_CHECKING:
    from teams.models import User

SESSION = "chat"
TOKEN_SECONDS = 7 * 24 * 3600
_SALT = "chat.conversation"


# Customers ----------------------------------------------------------------------------


def of_session(session: SessionBase, user: Any) -> Conversation | None:
    """The conversation of this browser, or the one that its user has open.

    One that belongs to an account is shown to that account alone.
    """
    rows = Conversation.objects.select_related("agent", "user", "complaint")
    found = rows.filter(key=session.get(SESSION, "")).first()
    if found is not None and found.user_id in (None, user.pk):
        return found
    if not user.is_authenticated:
        return None
    return rows.alive().filter(user=user, embedded=False).order_by("-pk").first()


def remember(session: SessionBase, conversation: Conversation) -> None:
    session[SESSION] = conversation.key


def forget(session: SessionBase) -> None:
    session.pop(SESSION, None)


def token_of(conversation: Conversation) -> str:
    """What opens a conversation of the widget; signed, and good for a week."""
    return signing.TimestampSigner(salt=_SALT).sign(conversation.key)


def of_token(token: str) -> Conversation | None:
    try:
        signer = signing.TimestampSigner(salt=_SALT)
        key = signer.unsign(token, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    rows = Conversation.objects.select_related("agent", "user", "complaint")
    return rows.filter(key=key, embedded=True).first()


# Sessions of sockets ------------------------------------------------------------------


def session_of(cookie: str) -> SessionBase:
    return SessionStore(cookie or None)


def user_of(session: SessionBase) -> "User | AnonymousUser":
    """Whoever is signed in by that session now: ended, revoked and inactive ones are
    nobody's."""
    request = cast(HttpRequest, SimpleNamespace(session=session))
    return get_user(request)


def agent_of(session: SessionBase) -> Viewer | None:
    """The agent of that session, held to what every page of the desk asks."""
    user = user_of(session)
    if not user.is_authenticated or not user.is_staff or not user.is_active:
        return None
    if settings.STAFF_SECOND_FACTOR and _lacks_second_factor(session, user):
        return None
    viewer = staff_viewer(user)
    return viewer if answers_chats(viewer) else None


def _lacks_second_factor(session: SessionBase, user: Any) -> bool:
    """As ``StaffSecondFactorMiddleware`` asks it."""
    request = cast(HttpRequest, SimpleNamespace(session=session, user=user))
    records = get_authentication_records(request, user)
    if any(record.get("method") == "mfa" for record in records):
        return False
    return not is_mfa_enabled(user)
