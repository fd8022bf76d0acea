"""Customers whom an incident hit and who did not complain (DISP 1.3.3R, App 3.4).

The exchange names the accounts; who is a member already is left out. Each is told once,
through the outbox: the key of the notice is that of incident and account. Addresses are
asked for at that moment and kept nowhere but in the notice.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from complaints import exchange, outbox
from complaints.errors import IllegalMove, InvalidInput
from complaints.models import (
    AffectedAccount,
    Identifier,
    Incident,
    Outbox,
    OutboxStatus,
    Party,
)
from complaints.permissions import Viewer, as_viewer
from complaints.services.incident_members import members
from complaints.services.incidents import ask_may, hold, record
from complaints.states import Channel
from teams.models import User

if TYPE_CHECKING:
    from collections.abc import Iterable

OUTREACH = "outreach"
"""``Outbox.kind`` of what goes to customers who did not complain."""

KEPT = timedelta(days=90)
"""After the incident closed, the accounts are forgotten; the ledger keeps how many."""

MOST_TOLD = 200


def search(
    *, incident: Incident, actor: "User | Viewer", now: datetime | None = None
) -> int:
    """Ask the exchange who was hit; how many are new. Never inside a transaction.

    Raises ``NotVisible``, ``NotPermitted``, ``InvalidInput`` where the incident names
    no asset, ``IllegalMove`` where the exchange does not answer or it is closed.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    ask_may(incident, viewer)
    if not incident.asset:
        raise InvalidInput(_("Say first which asset it is about."), field="asset")
    until = incident.until or moment
    try:
        rows = exchange.affected(
            asset=incident.asset,
            since=incident.since.date(),
            until=until.date(),
            named=_most_named(incident),
        )
    except exchange.ExchangeDown:
        words = _("The exchange does not answer now. Nothing was stored; try again.")
        raise IllegalMove(words) from None
    return _keep(incident, rows, viewer, moment)


def _most_named(incident: Incident) -> str:
    """The transaction, address or number that most members name."""
    cases = members(incident).values("complaint")
    values = Identifier.objects.filter(complaint__in=cases).values_list(
        "value", flat=True
    )
    counted: dict[str, int] = {}
    for value in values[:5000]:
        counted[value] = counted.get(value, 0) + 1
    shared = [value for value, n in counted.items() if n > 1]
    return max(shared, key=lambda value: counted[value], default="")


@transaction.atomic
def _keep(
    incident: Incident,
    rows: "Iterable[dict[str, str]]",
    viewer: Viewer,
    now: datetime,
) -> int:
    fresh = hold(incident)
    complained = _accounts_of_members(fresh)
    known = set(fresh.affected.values_list("account", flat=True))
    new = {
        row["account"][:64]: row
        for row in rows
        if row.get("account") and row["account"][:64] not in complained | known
    }
    users = {user.account_id: user for user in User.objects.filter(account_id__in=new)}
    AffectedAccount.objects.bulk_create(
        AffectedAccount(
            incident=fresh,
            account=account,
            user=users.get(account),
            record=row.get("id", "")[:64],
            amount=row.get("amount", "")[:60],
            asset=row.get("asset", "")[:16],
            found_at=now,
        )
        for account, row in new.items()
    )
    record(fresh, "affected_searched", viewer, now, {"found": len(new)})
    return len(new)


def _accounts_of_members(incident: Incident) -> set[str]:
    parties = Party.objects.filter(complaints__in=members(incident).values("complaint"))
    pairs = parties.values_list("account_id", "user__account_id")
    return {account for pair in pairs for account in pair if account}


def tell(
    *, incident: Incident, actor: "User | Viewer", now: datetime | None = None
) -> int:
    """Write to those who were not told yet; how many notices were written.

    At most 200 at once, never inside a transaction: the exchange is asked for each
    address. Whoever cannot be reached now is told by the next press. Raises as
    ``search``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    ask_may(incident, viewer)
    told = 0
    waiting = incident.affected.filter(told_at=None)
    for row in list(waiting.select_related("user")[:MOST_TOLD]):
        told += _tell(incident, row, viewer, moment)
    return told


def _tell(
    incident: Incident, row: AffectedAccount, viewer: Viewer, now: datetime
) -> bool:
    try:
        address, name, language = _address_of(row)
    except exchange.ExchangeDown:
        return False
    with transaction.atomic():
        fresh = hold(incident)
        mine = AffectedAccount.objects.filter(pk=row.pk, told_at=None)
        if not mine.update(told_at=now):
            return False
        outbox.put(_notice(fresh, row, address, name, language, now))
        record(fresh, "affected_told", viewer, now, {"affected": row.pk})
    return True


def _address_of(row: AffectedAccount) -> tuple[str, str, str]:
    """Address, name and language. Raises ``ExchangeDown``."""
    user = row.user
    if user is not None and user.email:
        return user.email, user.get_full_name(), user.language
    said = exchange.contact(row.account)
    known = dict(settings.LANGUAGES)
    language = said.get("language", "")
    spoken = language if language in known else settings.LANGUAGE_CODE
    return said["email"], said.get("name", ""), spoken


def _notice(
    incident: Incident,
    row: AffectedAccount,
    address: str,
    name: str,
    language: str,
    now: datetime,
) -> Outbox:
    with override(language):
        subject = gettext("Something went wrong with your account; please read")
        body = gettext(
            "Between %(since)s and %(until)s something went wrong on our side, and "
            "our records say that your account was affected%(money)s. You did not "
            "complain, and you need not: this letter is so that you know.\n\nPlease "
            "look at your account. If you lost anything by it, tell us here; it costs "
            "nothing: %(url)s\n\nWe never ask for a password, a code or a seed phrase."
        )
        facts = {
            "since": f"{incident.since:%Y-%m-%d}",
            "until": f"{incident.until or now:%Y-%m-%d}",
            "money": f" ({row.amount} {row.asset})" if row.amount else "",
            "url": settings.SITE_URL + reverse("portal:new"),
        }
    return Outbox(
        key=_key(incident.pk, row.pk),
        kind=OUTREACH,
        channel=Channel.EMAIL,
        recipient=address,
        recipient_name=name,
        subject=subject,
        body=body % facts,
        due_at=now,
        created_at=now,
    )


@transaction.atomic
def forget_old(*, now: datetime | None = None) -> int:
    """Forget accounts and addresses of incidents that closed long ago; how many
    accounts there were."""
    oldest = (now or timezone.now()) - KEPT
    rows = AffectedAccount.objects.filter(incident__closed_at__lte=oldest)
    keys = [_key(incident, pk) for incident, pk in rows.values_list("incident", "pk")]
    empty = dict.fromkeys(("recipient", "recipient_name", "subject", "body"), "")
    for start in range(0, len(keys), 500):
        notices = Outbox.objects.filter(key__in=keys[start : start + 500])
        notices.exclude(status=OutboxStatus.PENDING).update(**empty)
    return rows.delete()[0]


def _key(incident: int, affected: int) -> str:
    return f"{OUTREACH}:{incident}:{affected}"
