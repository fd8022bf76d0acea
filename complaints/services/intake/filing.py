"""What somebody complains of, as it may be kept."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import InvalidInput
from complaints.masking import holds_mask, mask_all
from complaints.models import Category, Complaint, Party
from complaints.services.correspond import warn_of_secret
from complaints.states import Channel

DESCRIPTION_LIMIT = 50_000


@dataclass(frozen=True, kw_only=True)
class Filing:
    """What somebody complains of, in the words of the register.

    ``received_at`` is a trusted receipt (never the sender's own date); None means
    now. ``identifiers`` are (kind, value, network). ``details`` holds any further
    column of ``Complaint`` by name (service_reference, facts_from, …).
    ``key_scope`` is whose ``idempotency_key`` it is: empty for the customer's own, a
    name of the form for a guest, who is a new party on every try. ``exact`` is for
    callers who make keys themselves: a known key with other content is refused.
    ``representative`` and ``contact_details`` hold columns of those models.
    """

    customer: Party
    channel: str
    subject: str
    description: str
    language: str = "en"
    points: tuple[str, ...] = ()
    category: Category | None = None
    funds_at_risk: bool = False
    asset: str = ""
    amount: Decimal | None = None
    reporting_value: Decimal | None = None
    desired_outcome: str = ""
    identifiers: tuple[tuple[str, str, str], ...] = ()
    received_at: datetime | None = None
    idempotency_key: str = ""
    key_scope: str = ""
    exact: bool = False
    details: dict[str, str | date | None] = field(default_factory=dict)
    representative: dict[str, Any] = field(default_factory=dict)
    contact_details: tuple[dict[str, Any], ...] = ()


SAID = (
    "subject",
    "description",
    "points",
    "desired_outcome",
    "identifiers",
    "details",
    "representative",
    "contact_details",
)
"""Fields of a filing that hold what somebody typed."""


def masked(filing: Filing) -> Filing:
    """The filing without the keys to any wallet: no row ever holds one."""
    return replace(filing, **{name: mask_all(getattr(filing, name)) for name in SAID})


def warn(complaint: Complaint, filing: Filing, now: datetime) -> None:
    """Tell its customer where the key to a wallet was taken out of ``filing``."""
    if any(holds_mask(getattr(filing, name)) for name in SAID):
        warn_of_secret(complaint, now=now)


def check(filing: Filing, now: datetime) -> None:
    """Raises ``InvalidInput`` for what cannot be kept."""
    if not filing.description.strip():
        raise InvalidInput(_("Tell us what happened."), field="description")
    if len(filing.description) > DESCRIPTION_LIMIT:
        raise InvalidInput(
            _("This is longer than we can keep (50,000 characters)."),
            field="description",
            code="too_long",
        )
    if filing.received_at is not None and filing.received_at > now:
        raise InvalidInput(
            _("A receipt cannot lie in the future."), field="received_at"
        )
    if filing.channel not in Channel.values:
        raise InvalidInput(_("Unknown channel."), field="channel")
    if filing.amount is not None and filing.amount < 0:
        raise InvalidInput(
            _("Enter the amount as a number, such as 0.25"), field="amount"
        )


KEY_LIMIT = 80


def scoped_key(filing: Filing) -> str | None:
    """The column: the key with whose it is, at most 80 characters; None without one."""
    if not filing.idempotency_key:
        return None
    scope = str(filing.key_scope or filing.customer.pk)
    key = f"{scope}:{filing.idempotency_key}"
    if len(key) <= KEY_LIMIT:
        return key
    # Cut off, the long number of one message could stand for another's.
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{scope[: KEY_LIMIT - len(digest) - 1]}:{digest}"


FINGERPRINTED = (
    "channel",
    "subject",
    "description",
    "language",
    "points",
    "funds_at_risk",
    "asset",
    "amount",
    "reporting_value",
    "desired_outcome",
    "identifiers",
    "details",
    "representative",
    "contact_details",
)


def fingerprint(filing: Filing) -> str:
    """SHA-256 over all that was filed, salted with the key, which stands in the
    complaint's own row alone and goes when its person is erased."""
    said = {name: getattr(filing, name) for name in FINGERPRINTED}
    said["category"] = filing.category.code if filing.category else ""
    text = json.dumps(
        [scoped_key(filing), ledger.plain(said)], sort_keys=True, ensure_ascii=False
    )
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
