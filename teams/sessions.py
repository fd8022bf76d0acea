"""Ending what somebody has open: pages, apps, sockets."""

from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import F

from teams.models import User


def end_sessions(user: User) -> None:
    """Sign ``user`` out everywhere, from the next request, frame or token on.

    Counting the epoch on is what does it: no session that was proved with the old
    one is theirs any more, listed or not. The rows go so that no list shows them.
    """
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    listed = UserSession.objects.filter(user=user)
    keys = list(listed.values_list("session_key", flat=True))
    if keys:
        Session.objects.filter(session_key__in=keys).delete()
        listed.delete()
    Token.objects.filter(user=user).delete()
