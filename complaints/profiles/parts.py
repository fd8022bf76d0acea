"""What a jurisdiction profile is made of; each part refuses what makes no sense."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from complaints.clocks import LEVELS, Limit
from complaints.states import SignOffRole

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    Text: TypeAlias = str | StrPromise
    """Text that is translated when it is shown."""

RouteKind = Literal["ombudsman", "adr", "authority", "court", "arbitration"]
Recipient = Literal["handler", "lead", "head"]

CHECKABLE: Final = frozenset(
    {"name", "address", "url", "time_limit", "language", "conditions", "fee", "cover"}
)
"""Facts of a route that somebody has to have seen the source of; "cover" is whether it
takes cases against this house at all."""

HIDE: Final = frozenset({"name", "cover"})
"""While one of these waits, the whole route does."""

ASK_US: Final = _("Our complaints department tells you how to get there.")
"""Said in the place of an address that waits for its check."""

MAY_RUN: Final = _("There may be one: ask there or our complaints department soon.")
"""Said in the place of a time limit that waits for its check."""

NEVER_A_GROUND: Final = frozenset(
    {"template", "templates", "form", "field", "fields", "ticket", "tickets"}
)
"""Words no ground may be named by: not having used the template, empty fields or a
missing ticket number never make a complaint inadmissible (RTS 2025/294 recital 3)."""


class ProfileError(ValueError):
    """A profile that contradicts itself or the law it stands for."""


@dataclass(frozen=True)
class Contact:
    """The department a customer can ask; named in the receipt (Art 4(3)(a))."""

    name: Text
    email: str
    phone: str
    address: Text

    def __post_init__(self) -> None:
        if not (self.email and self.phone):
            raise ProfileError("a contact needs both e-mail and telephone")


@dataclass(frozen=True)
class Statutory:
    """The limits set by law, counted from receipt; nothing pauses them.

    A complaint settled within `summary` may be closed by a short letter. Where there is
    no answer within `holding`, a reply with reasons and a date is due, and the
    decision itself within `decision`.
    """

    decision: Limit
    summary: Limit | None = None
    holding: Limit | None = None


@dataclass(frozen=True)
class Seen:
    """Facts of a route that were compared with the page at ``url``, and the day."""

    facts: frozenset[str]
    url: str
    on: date

    @classmethod
    def read(cls, on: date, url: str, *facts: str) -> Seen:
        return cls(frozenset(facts), url, on)


@dataclass(frozen=True)
class Route:
    """A way outside the house, named in every decision that is not wholly in favour.

    ``countries`` (ISO 3166 alpha-2) are those whose residents it is for; none means
    everybody the profile is for. ``conditions`` say when it takes a case, ``fee`` what
    it costs the customer. ``to_check`` names those of its facts whose source was not
    seen when they were written here; with one of ``HIDE`` among them the whole route
    waits. ``seen`` says where the others were seen.
    """

    code: str
    kind: RouteKind
    name: Text
    time_limit: Text
    language: Text
    address: Text = ""
    url: str = ""
    conditions: Text = ""
    fee: Text = ""
    countries: frozenset[str] = frozenset()
    to_check: frozenset[str] = frozenset()
    seen: tuple[Seen, ...] = ()

    @property
    def waits(self) -> frozenset[str]:
        """Facts that nobody has seen the source of yet, so that no customer may rely
        on them; none once the code stands in ``CHECKED_ROUTES``."""
        return frozenset() if self.code in settings.CHECKED_ROUTES else self.to_check

    @property
    def hidden(self) -> bool:
        """Whether no customer reads anything of it."""
        return bool(self.waits & HIDE)

    def shown(self) -> Route | None:
        """What customers may read of it; None where all of it waits for a check."""
        waits = self.waits
        if self.hidden:
            return None
        facts: dict[str, Any] = dict.fromkeys(waits, "")
        if "address" in waits:
            facts["address"] = ASK_US
        if "time_limit" in waits:
            facts["time_limit"] = MAY_RUN
        return replace(self, to_check=frozenset(), **facts) if facts else self

    def is_for(self, country: str) -> bool:
        """Whether somebody who lives in ``country`` can go there."""
        return not self.countries or country in self.countries

    def __post_init__(self) -> None:
        if self.to_check - CHECKABLE:
            raise ProfileError(f"the route {self.code} has nothing to check there")
        if any(one.facts & self.to_check for one in self.seen):
            raise ProfileError(f"{self.code} says where it saw what is to be checked")
        # A lazy text is not looked at: profiles load before translations do.
        if not self.url and isinstance(self.address, str) and not self.address:
            raise ProfileError(f"the route {self.code} does not say how to get there")


@dataclass(frozen=True)
class Ground:
    """A published condition that an inadmissible complaint fails (Art 1(2)(a))."""

    code: str
    label: Text
    explanation: Text

    def __post_init__(self) -> None:
        if NEVER_A_GROUND & set(self.code.replace("-", "_").split("_")):
            raise ProfileError(f"{self.code} can never be a ground of refusal")


@dataclass(frozen=True)
class Band:
    """Whose sign-offs a decision of up to `up_to` EUR needs; None is without end.

    A capacity that stands there twice needs two different people.
    """

    up_to: Decimal | None
    capacities: tuple[SignOffRole, ...]

    def holds(self, value: Decimal) -> bool:
        """Whether a decision worth that much falls under this band's ceiling."""
        return self.up_to is None or value <= self.up_to


@dataclass(frozen=True)
class Rung:
    """Who is told when a clock reaches that percentage."""

    level: int
    recipients: tuple[Recipient, ...]

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ProfileError(f"nothing happens at {self.level} percent")


@dataclass(frozen=True)
class Letter:
    """The template version in force for one kind of letter, and what it must hold."""

    version: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Retention:
    """How long a case is kept: years from `starts`, on an order up to `most_years`."""

    years: int
    most_years: int
    starts: Literal["received", "closed"]

    def __post_init__(self) -> None:
        if not 0 < self.years <= self.most_years:
            raise ProfileError(
                f"cannot keep a case {self.years} to {self.most_years} y"
            )
