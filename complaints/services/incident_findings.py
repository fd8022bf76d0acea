"""What was found of an incident, the same for all, by language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.errors import InvalidInput
from complaints.models import Incident, IncidentFinding, RootCause
from complaints.permissions import Viewer, as_viewer
from complaints.services.incidents import TEXT_LIMIT, ask_may, hold, record
from complaints.states import Finding, Outcome

if TYPE_CHECKING:
    from teams.models import User


@dataclass(frozen=True, kw_only=True)
class Words:
    """The finding in one language; ``{amount}`` and ``{reference}`` in the summary."""

    summary: str
    reasons: str
    what_changes: str = ""


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What was found, whatever the language."""

    outcome: str
    finding: str
    cause: str
    rule: str = ""
    exchange_share: int = 100


@transaction.atomic
def set_finding(
    *,
    incident: Incident,
    shared: Shared,
    words: Mapping[str, Words],
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Write the finding, {language: words}; a language without reasons is left out.

    Raises ``NotVisible``, ``NotPermitted``, ``IllegalMove`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    ask_may(incident, viewer)
    _check(shared)
    fresh = hold(incident)
    for name in Shared.__dataclass_fields__:
        setattr(fresh, name, getattr(shared, name))
    fresh.version += 1
    fresh.save()
    kept = {code: said for code, said in words.items() if said.reasons.strip()}
    fresh.findings.exclude(language__in=kept).delete()
    for language, said in kept.items():
        _keep(fresh, language, said)
    texts = {f"reasons {code}"[:32]: said.reasons for code, said in kept.items()}
    payload = {"outcome": shared.outcome, "languages": sorted(kept)}
    record(fresh, "incident_found", viewer, moment, payload, **texts)


def _check(shared: Shared) -> None:
    for name, known in (("outcome", Outcome.values), ("finding", Finding.values)):
        if getattr(shared, name) not in known:
            raise InvalidInput(_("This is not one of the choices."), field=name)
    if not RootCause.objects.filter(code=shared.cause, active=True).exists():
        raise InvalidInput(_("Choose the root cause."), field="cause")
    if not 0 <= shared.exchange_share <= 100:
        words = _("Enter a number from 0 to 100.")
        raise InvalidInput(words, field="exchange_share")


def _keep(incident: Incident, language: str, said: Words) -> None:
    if not said.summary.strip():
        words = _("Write the outcome and the reasons.")
        raise InvalidInput(words, field=f"{language}-summary")
    if max(len(said.summary), len(said.reasons), len(said.what_changes)) > TEXT_LIMIT:
        words = _("Write at most 10,000 characters.")
        raise InvalidInput(words, field=f"{language}-reasons")
    IncidentFinding.objects.update_or_create(
        incident=incident, language=language, defaults=vars(said)
    )
