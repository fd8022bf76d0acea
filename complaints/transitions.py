"""The shape of a transition: what it is called, what it asks for, what it demands.

Doors build their forms from ``Spec.fields``; ``workflow.perform`` enforces the rest.
Imports no models, so that models can declare their transitions with it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_fsm import transition as fsm_transition

if TYPE_CHECKING:
    from complaints.permissions import Viewer

FARTHEST = timedelta(days=3650)
"""No date that anybody gives lies further from now: dates are reckoned with it."""

Words = str | Promise
Move = TypeVar("Move", bound=Callable[..., Any])


class Kind(StrEnum):
    """What a field of a transition holds, and so which widget asks for it."""

    TEXT = "text"  # free text: kept in an erasable row, the event holds its hash
    LINE = "line"  # a short word that is no personal data, kept in the event
    CHOICE = "choice"
    FLAG = "flag"
    DAY = "day"
    MOMENT = "moment"
    TEAM = "team"
    PERSON = "person"
    CATEGORY = "category"
    CAUSE = "cause"  # the code of a root cause
    COMPLAINT = "complaint"


@dataclass(frozen=True)
class Field:
    """One thing a transition asks for. ``choices`` only with ``Kind.CHOICE``."""

    name: str
    label: Words
    kind: Kind
    required: bool = True
    choices: type[TextChoices] | None = None
    hint: Words = ""


@dataclass(frozen=True)
class Refusal:
    """Why a guard says no: a stable code, and words for the person who asked."""

    code: str
    words: Words


@dataclass(frozen=True)
class Ask:
    """What a guard may look at besides the object: who asks, with what, when."""

    viewer: "Viewer"
    fields: Mapping[str, Any]
    now: datetime
    complete: bool = True
    """False while only asking what could be done: fields are not filled in yet."""


Guard = Callable[[Any, Ask], Iterable[Refusal]]


@dataclass(frozen=True)
class Spec:
    """How people meet a transition, and what stands in its way.

    ``guards`` judge the case as it is; ``checks`` judge what was filled in.
    ``by_customer`` transitions may be done by staff with the customer's recorded
    word (field ``customer_word``). ``internal`` ones are never offered as a button.
    """

    label: Words
    fields: tuple[Field, ...] = ()
    guards: tuple[Guard, ...] = ()
    checks: tuple[Guard, ...] = ()
    by_customer: bool = False
    internal: bool = False
    kept: tuple[str, ...] = ()
    """Columns that the event says as the move left them, whoever filled them in."""

    grave: bool = False
    """Cannot be taken back by the same person: the door asks once more."""


CUSTOMER_WORD = Field(
    "customer_word",
    _("How and when the customer said so"),
    Kind.TEXT,
    required=False,
    hint=_("Needed when you record it for the customer, such as “by phone, 14:20”."),
)


def spec(**parts: Any) -> dict[str, Spec]:
    """``custom=`` of a django-fsm transition, holding its ``Spec``."""
    return {"spec": Spec(**parts)}


def transition(
    *,
    source: str | list[str],
    target: Any,
    permission: "Callable[[Any, Viewer], bool]",
    custom: dict[str, Spec],
) -> Callable[[Move], Move]:
    """django-fsm's transition of the field ``state``, asked by our viewers."""
    decorated: Callable[[Move], Move] = fsm_transition(
        field="state",
        source=source,
        target=target,
        permission=cast("Any", permission),
        custom=custom,
    )
    return decorated


@dataclass(frozen=True)
class Offer:
    """A transition somebody may ask for now; ``refusals`` empty means it would go."""

    name: str
    spec: Spec
    refusals: tuple[Refusal, ...] = field(default=())

    @property
    def allowed(self) -> bool:
        return not self.refusals

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.spec.fields
