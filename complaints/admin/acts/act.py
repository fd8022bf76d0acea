"""What one of the acts is: its words, its form, who is offered it, what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from complaints.admin.forms import CaseForm
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.transitions import Words

About = Callable[[Complaint, Viewer], list["Quote"]]
Run = Callable[[Complaint, Viewer, Any], object]


@dataclass(frozen=True)
class Quote:
    """What somebody wrote on the case that has to be read before the act: what it is
    and whose, when, the words, and their language where it is not the reader's."""

    what: Words
    at: datetime
    text: str = ""
    lang: str = ""


def nothing(_case: Complaint, _viewer: Viewer) -> list[Quote]:
    return []


@dataclass(frozen=True)
class Act:
    """``run(case, viewer, form)`` calls the service; ``done`` is said afterwards.

    ``about`` is quoted above the form, so that nobody has to leave it to read on.
    """

    title: Words
    button: Words
    done: Words
    form: type[CaseForm]
    may: Callable[[Complaint, Viewer], bool]
    run: Run
    anchor: str
    about: About = nothing
