"""A large case in several PDFs: what one takes to draw grows with its pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from appeals.services.bundles.contents import Exhibit
from appeals.services.bundles.read import CaseFile
from complaints.models import Letter
from complaints.selectors.timeline import TimelineEntry

ROOM = 100
"""How much goes into one PDF, in letters: about 180 MB beside what a worker has."""

LINE, LETTER, ROW = 0.25, 1.0, 0.25
"""What a line of the timeline, a letter and a line of the list of exhibits take."""


@dataclass(frozen=True)
class Volume:
    """One PDF: the slice of the case that it holds, as the ``number``th of ``of``."""

    case: CaseFile
    number: int
    of: int
    timeline: list[TimelineEntry]
    letters: list[Letter]
    exhibits: list[Exhibit]

    @property
    def name(self) -> str:
        """Its file in the ZIP."""
        return "bundle.pdf" if self.is_first else f"bundle-{self.number}.pdf"

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_last(self) -> bool:
        return self.number == self.of


def volumes(case: CaseFile, room: float = ROOM) -> list[Volume]:
    """All of the case in its order; one volume wherever it has room."""
    slices = list(_slices(case, room))
    return [
        Volume(case, number, len(slices), *parts)
        for number, parts in enumerate(slices, start=1)
    ]


Slice = tuple[list[TimelineEntry], list[Letter], list[Exhibit]]


def _slices(case: CaseFile, room: float) -> Iterator[Slice]:
    letters = [letter for letter in case.letters if letter.body]
    kinds: tuple[tuple[list[Any], float], ...] = (
        (case.timeline, LINE),
        (letters, LETTER),
        (case.exhibits, ROW),
    )
    found: Slice = ([], [], [])
    left = room
    for which, (rows, weight) in enumerate(kinds):
        for row in rows:
            if left < weight:
                yield found
                found, left = ([], [], []), room
            found[which].append(row)
            left -= weight
    yield found
