"""A jurisdiction profile: which limits, letters and routes hold for a complaint.

A complaint keeps the profile that was in force on the day of its receipt, so what is
written here once is never edited: a change is a new version beside the old one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from complaints.clocks import LEVELS, CalendarData, Limit, due_at, zone
from complaints.profiles.parts import (
    Band,
    Contact,
    Ground,
    Letter,
    ProfileError,
    Recipient,
    Retention,
    Route,
    Rung,
    Statutory,
)
from complaints.states import DATED_STEPS, LetterKind, SignOffRole, Step

if TYPE_CHECKING:
    from complaints.profiles.parts import Text

REPORTING_CURRENCY: Final = "EUR"

RECEIPT_PARTS: Final = ("contact", "received_on", "time_frames", "copy")
"""What an acknowledgement holds at least (RTS 2025/294 Art 4(3)(a)-(d))."""

DECISION_PARTS: Final = (
    "outcome",
    "points",
    "reasons",
    "basis",
    "remedies",
    "appeal",
    "routes",
)
"""What a decision letter holds at least (Art 6(1), 6(4))."""

DELAY_PARTS: Final = ("reasons", "new_date")
"""What a delay notice holds at least: a specific date, not a period (Art 6(3))."""

TIME_FRAMES: Final = (
    Step.ACKNOWLEDGE,
    Step.ADMIT,
    Step.FIRST_ANSWER,
    Step.INVESTIGATE,
    Step.DECIDE,
    Step.STATUTORY_DECISION,
    Step.EXECUTE_REMEDY,
    Step.APPEAL_WINDOW,
    Step.APPEAL_RULE,
)
"""Steps whose limits are published (Art 1(2)(e)); page, receipt and clocks read one
and the same value."""

OUTSIDE_THE_OUTER_LIMIT: Final = frozenset(
    {Step.STATUTORY_DECISION, Step.APPEAL_WINDOW, Step.APPEAL_RULE}
)
"""Steps that do not lie between receipt and first decision."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Profile:
    """The rules for one kind of booking, in one version, as data.

    `steps` gives every step but the statutory one its limit. `variants` are other
    statutory clocks by product code. Amounts in `bands` are in `REPORTING_CURRENCY`.
    `countries` (ISO 3166 alpha-2) and `entities` say for whom it is chosen. Raises
    `ProfileError` when a part is missing or a step may outlast the law.
    """

    code: str
    version: str
    title: Text
    valid_from: date
    enabled: bool
    timezone: str
    calendar: CalendarData
    countries: frozenset[str]
    entities: frozenset[str]
    languages: tuple[str, ...]
    contact: Contact
    statutory: Statutory
    variants: Mapping[str, Statutory] = field(default_factory=dict)
    steps: Mapping[Step, Limit]
    outside_window: Limit | None = None
    ladder: tuple[Rung, ...]
    bands: tuple[Band, ...]
    grounds: tuple[Ground, ...]
    outside_routes: tuple[Route, ...]
    letters: Mapping[LetterKind, Letter]
    retention: Retention
    privacy_notice_version: str
    procedure_version: str

    def __post_init__(self) -> None:
        zone(self.timezone)
        _check_coverage(self)
        _check_letters(self)
        _check_bands(self.bands)
        _check_codes(self)
        _check_limits(self)

    @property
    def key(self) -> str:
        """What a complaint stores, such as "eu-casp@2026.1"."""
        return f"{self.code}@{self.version}"

    @property
    def decision(self) -> Limit:
        """The statutory limit of the first decision."""
        return self.statutory.decision

    @property
    def appeal_window(self) -> Limit:
        """How long after a decision an appeal needs no reason for being late."""
        return self.steps[Step.APPEAL_WINDOW]

    @property
    def appeal_decision(self) -> Limit:
        """How long the ruling on an appeal may take."""
        return self.steps[Step.APPEAL_RULE]

    def statutory_for(self, product: str = "") -> Statutory:
        """The statutory clock of that product, the general one where it has none."""
        return self.variants.get(product, self.statutory)

    def limit(self, step: str, product: str = "") -> Limit:
        """The limit of a step. Raises `ProfileError` for a step nobody knows."""
        if step == Step.STATUTORY_DECISION:
            return self.statutory_for(product).decision
        if step not in self.steps:
            raise ProfileError(f"{self.key} has no limit for {step!r}")
        return self.steps[Step(step)]

    def time_frames(self, product: str = "") -> tuple[tuple[Step, Limit], ...]:
        """The published limits in the order of the procedure."""
        return tuple((step, self.limit(step, product)) for step in TIME_FRAMES)

    @property
    def shown_routes(self) -> tuple[Route, ...]:
        """The ways outside as customers may read them; ``outside_routes`` holds all."""
        found = (route.shown() for route in self.outside_routes)
        return tuple(route for route in found if route is not None)

    def routes_for(self, country: str) -> tuple[Route, ...]:
        """The ways outside for a resident of ``country``, those of the country first;
        unknown is "", and then only those that are for everybody. Without what waits
        for its check."""
        fitting = [route for route in self.shown_routes if route.is_for(country)]
        own = [route.kind for route in fitting if route.countries]
        kept = (r for r in fitting if r.countries or r.kind not in own)
        return tuple(sorted(kept, key=lambda route: not route.countries))

    def recipients(self, level: int) -> tuple[Recipient, ...]:
        """Who is told at a reminder level; the days past 100 are like 100."""
        rungs = [rung for rung in self.ladder if rung.level <= level]
        return rungs[-1].recipients if rungs else ()

    def capacities_for(self, value: Decimal) -> tuple[SignOffRole, ...]:
        """Whose sign-offs a decision worth that much in EUR needs, zero included."""
        if value.is_nan() or value < 0:
            raise ProfileError(f"a decision cannot be worth {value}")
        return next(band.capacities for band in self.bands if band.holds(value))


# --- What makes a profile impossible -----------------------------------------------


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(map(str, names)))


def _check_coverage(profile: Profile) -> None:
    dated = {Step.STATUTORY_DECISION, *DATED_STEPS}
    missing = set(Step) - dated - set(profile.steps)
    if missing:
        raise ProfileError(f"{profile.key} has no limit for {_list(missing)}")
    if tuple(rung.level for rung in profile.ladder) != LEVELS:
        raise ProfileError(f"{profile.key} must say whom it tells at {LEVELS} percent")
    for name in ("languages", "grounds", "outside_routes", "countries"):
        if not getattr(profile, name):
            raise ProfileError(f"{profile.key} has no {name}")


def _check_letters(profile: Profile) -> None:
    if missing := set(LetterKind) - set(profile.letters):
        raise ProfileError(f"{profile.key} has no letters {_list(missing)}")
    for kind, needed in (
        (LetterKind.RECEIPT, RECEIPT_PARTS),
        (LetterKind.DECISION, DECISION_PARTS),
        (LetterKind.DELAY, DELAY_PARTS),
    ):
        if left := set(needed) - set(profile.letters[kind].parts):
            raise ProfileError(f"{profile.key}: {kind} lacks {_list(left)}")


def _check_bands(bands: tuple[Band, ...]) -> None:
    ceilings = [band.up_to for band in bands[:-1]]
    if not bands or bands[-1].up_to is not None or None in ceilings:
        raise ProfileError("the last band, and only that, is without end")
    finite = [up_to for up_to in ceilings if up_to is not None]
    if finite != sorted(set(finite)) or any(up_to <= 0 for up_to in finite):
        raise ProfileError("the ceilings of the bands must rise")
    if not all(band.capacities for band in bands):
        raise ProfileError("every band needs somebody's sign-off")


def _check_codes(profile: Profile) -> None:
    grounds = [ground.code for ground in profile.grounds]
    routes = [route.code for route in profile.outside_routes]
    if len(set(grounds)) < len(grounds) or len(set(routes)) < len(routes):
        raise ProfileError(f"{profile.key} uses a code twice")


def _check_limits(profile: Profile) -> None:
    """No own limit may end after the statutory one, whenever the two begin."""
    own = {
        str(step): limit
        for step, limit in profile.steps.items()
        if step not in OUTSIDE_THE_OUTER_LIMIT
    }
    for clock in (profile.statutory, *profile.variants.values()):
        extra = {"summary": clock.summary, "holding": clock.holding}
        for name, limit in (own | extra).items():
            if limit and _may_outlast(limit, clock.decision, profile):
                raise ProfileError(f"{profile.key}: {name} may outlast the law")


def _may_outlast(inner: Limit, outer: Limit, profile: Profile) -> bool:
    cal, tz = profile.calendar, profile.timezone
    return any(
        due_at(start, inner, cal, tz) > due_at(start, outer, cal, tz)
        for start in _sample_starts(profile.valid_from)
    )


def _sample_starts(since: date) -> Iterable[datetime]:
    """Two years of noons five days apart: all weekdays, month ends and holidays."""
    noon = datetime.combine(since, time(12), UTC)
    return (noon + timedelta(days=5 * n) for n in range(146))
