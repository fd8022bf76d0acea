"""The rows that stand beside a complaint, and what is known of them unasked."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from complaints.models import (
    Clock,
    Complaint,
    ContactDetails,
    Identifier,
    Party,
    Point,
    Representative,
)
from complaints.services.intake.filing import Filing
from complaints.states import IdentifierKind


def rows_of(
    complaint: Complaint, filing: Filing, clocks: list[Clock], points: Sequence[str]
) -> dict[str, list[Any]]:
    """What stands beside a new complaint, by the name of its relation."""
    for clock in clocks:
        clock.complaint = complaint
    return {
        "clocks": clocks,
        "points": points_of(complaint, points),
        "identifiers": identifiers_of(complaint, filing.identifiers),
        **people_of(complaint, filing),
    }


def points_of(complaint: Complaint, points: Iterable[str]) -> list[Point]:
    return [
        Point(complaint=complaint, number=number, text=text)
        for number, text in enumerate(points, start=1)
    ]


def identifiers_of(
    complaint: Complaint, identifiers: Iterable[tuple[str, str, str]]
) -> list[Identifier]:
    unique = {
        (kind, value.strip()): network
        for kind, value, network in identifiers
        if value.strip() and kind in IdentifierKind.values
    }
    return [
        Identifier(complaint=complaint, kind=kind, value=value[:200], network=network)
        for (kind, value), network in unique.items()
    ]


def people_of(complaint: Complaint, filing: Filing) -> dict[str, list[Any]]:
    speakers = [filing.representative] if filing.representative else []
    return {
        "representatives": [
            Representative(complaint=complaint, **columns) for columns in speakers
        ],
        "contact_details": [
            ContactDetails(complaint=complaint, **columns)
            for columns in filing.contact_details
        ],
    }


def know(row: Complaint | Party, rows: Mapping[str, Sequence[Any]]) -> None:
    """Let the related rows that were just written be read without asking for them."""
    known: dict[str, Any] = {}
    for name, found in rows.items():
        known[name] = getattr(row, name).all()
        known[name]._result_cache = list(found)
        known[name]._prefetch_done = True
    row._prefetched_objects_cache = known  # type: ignore[union-attr]
