"""Once more "is it you?" before money moves: credentials of the last ten minutes."""

import time

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

PROVEN_BY = frozenset({"password", "mfa"})
"""Methods that ask for something the person knows or has; a sign-on elsewhere may have
been answered by a session that was left open there."""


def proved_lately(request: HttpRequest) -> bool:
    """Whether this session gave its password or second factor within the time."""
    if not settings.SUDO_SECONDS:
        return True
    oldest = time.time() - settings.SUDO_SECONDS
    records = get_authentication_records(request, request.user)
    return any(one["method"] in PROVEN_BY and one["at"] > oldest for one in records)


def require(request: HttpRequest) -> None:
    """Have allauth ask, and go on with the very request afterwards: what was typed is
    kept in the session meanwhile. Raises ``ReauthenticationRequired``."""
    if proved_lately(request):
        return
    words = _(
        "Before money is approved, paid or taken back we ask for your password or "
        "second factor, unless you gave it in the last ten minutes. What you typed is "
        "kept."
    )
    messages.info(request, words)
    raise ReauthenticationRequired
