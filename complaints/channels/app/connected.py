"""Apps that customers let in, and the end of one: for its customer, or for everybody.

What an app holds are its tokens; without them it is nobody. Webhooks that belong to an
app end with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from complaints import ledger
from complaints.channels.app.models import Endpoint
from complaints.channels.app.tokens import READ
from complaints.errors import NotPermitted, NotVisible
from complaints.permissions import Viewer, viewer_of

if TYPE_CHECKING:
    from teams.models import User

ENDED = "Its app was ended."
"""``Endpoint.stopped_for`` of a webhook whose app is no more."""


@dataclass(frozen=True)
class Connected:
    """An app that may act for a customer; ``since`` they last signed in there."""

    client: Client
    since: datetime
    scopes: tuple[str, ...]


def connected(user: User) -> list[Connected]:
    """The apps that may act for ``user`` now, by name. One query."""
    found: dict[str, Connected] = {}
    for token in _alive().filter(user=user).select_related("client"):
        known = found.get(token.client_id)
        since = min(token.created_at, known.since) if known else token.created_at
        scopes = {*token.get_scopes(), *(known.scopes if known else ())}
        found[token.client_id] = Connected(token.client, since, tuple(sorted(scopes)))
    return sorted(found.values(), key=lambda one: one.client.name.casefold())


def reads_for(client_id: str, user: User | None) -> bool:
    """Whether ``user`` lets this app read their complaints now."""
    if user is None:
        return False
    tokens = _alive().filter(client_id=client_id, user=user)
    return any(READ in token.get_scopes() for token in tokens)


def _alive() -> QuerySet[Token]:
    rows: QuerySet[Token] = Token.objects.valid().exclude(client=None)
    return rows.exclude(type=Token.Type.AUTHORIZATION_CODE)


@transaction.atomic
def end_for(*, client_id: str, user: User, now: datetime | None = None) -> None:
    """End what the app may do for ``user``, who asks. Raises ``NotVisible`` for an app
    that may do nothing."""
    ended, _rows = Token.objects.filter(client_id=client_id, user=user).delete()
    if not ended:
        raise NotVisible
    _note("app_ended", viewer_of(user), client_id, now)


@transaction.atomic
def end_for_all(*, client: Client, actor: User, now: datetime | None = None) -> int:
    """End what the app may do for anybody, and the calls of its webhooks; how many
    customers had let it in. They may do so again. Raises ``NotPermitted``."""
    if not actor.is_superuser:
        raise NotPermitted
    rows = Token.objects.filter(client=client)
    customers = int(rows.values("user").distinct().count())
    rows.delete()
    mine = Endpoint.objects.filter(client=client, active=True)
    mine.update(active=False, stopped_for=ENDED)
    _note("app_ended_for_all", viewer_of(actor), client.pk, now)
    return customers


def _note(what: str, viewer: Viewer, client_id: str, now: datetime | None) -> None:
    moment = now or timezone.now()
    ledger.append_of_day(ledger.Entry(what, viewer, moment, {"app": client_id}))
