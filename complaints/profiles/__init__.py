"""Jurisdiction profiles: versioned data that decide limits, letters, routes, retention.

To change a rule, add a version to `PROFILES`; one that a complaint was received under
is never edited or taken away.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from complaints.profiles.base import REPORTING_CURRENCY, TIME_FRAMES, Profile
from complaints.profiles.eu_casp import EU_CASP_2026_1
from complaints.profiles.parts import (
    Band,
    Contact,
    Ground,
    Letter,
    ProfileError,
    Retention,
    Route,
    Rung,
    Seen,
    Statutory,
)
from complaints.profiles.uk_disp import UK_DISP_2026_1
from complaints.profiles.words import limit_words

PROFILES: Final = (EU_CASP_2026_1, UK_DISP_2026_1)
DEFAULT: Final = EU_CASP_2026_1.code

_BY_KEY: Final = {profile.key: profile for profile in PROFILES}


class UnknownProfileError(LookupError):
    """There is no profile of that code or version."""


def by_key(key: str) -> Profile:
    """The profile that a complaint names. Raises `UnknownProfileError`."""
    try:
        return _BY_KEY[key]
    except KeyError:
        raise UnknownProfileError(key) from None


def get(code: str, version: str) -> Profile:
    """One version of a profile. Raises `UnknownProfileError`."""
    return by_key(f"{code}@{version}")


def current(code: str, on: date, among: Iterable[Profile] = PROFILES) -> Profile:
    """The version in force on that day; before the first version, the first.

    A letter found in a drawer may have been received before any version began.
    Raises `UnknownProfileError`.
    """
    versions = sorted(
        (profile for profile in among if profile.code == code),
        key=lambda profile: profile.valid_from,
    )
    if not versions:
        raise UnknownProfileError(code)
    in_force = [profile for profile in versions if profile.valid_from <= on]
    return in_force[-1] if in_force else versions[0]


def choose(
    residence_country: str,
    booking_entity: str,
    on: date,
    among: Iterable[Profile] = PROFILES,
) -> Profile:
    """The profile for a customer of that country, booked with that entity.

    Residence decides where a profile claims the country (ISO 3166 alpha-2), then the
    entity; everybody else gets the default. Only enabled versions are chosen.
    """
    enabled = [profile for profile in among if profile.enabled]
    country, entity = residence_country.strip().upper(), booking_entity.strip().lower()
    claims = (
        *(profile.code for profile in enabled if country in profile.countries),
        *(profile.code for profile in enabled if entity in profile.entities),
        DEFAULT,
    )
    return current(claims[0], on, enabled)


__all__ = [
    "DEFAULT",
    "PROFILES",
    "REPORTING_CURRENCY",
    "TIME_FRAMES",
    "Band",
    "Contact",
    "Ground",
    "Letter",
    "Profile",
    "ProfileError",
    "Retention",
    "Route",
    "Rung",
    "Seen",
    "Statutory",
    "UnknownProfileError",
    "by_key",
    "choose",
    "current",
    "get",
    "limit_words",
]
