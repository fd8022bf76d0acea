"""What one of the acts is: its words, its form, who is offered it, what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from complaints.admin.forms import CaseForm
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.transitions import Words

Run = Callable[[Complaint, Viewer, Any], object]


@dataclass(frozen=True)
class Act:
    """``run(case, viewer, form)`` calls the service; ``done`` is said afterwards."""

    title: Words
    button: Words
    done: Words
    form: type[CaseForm]
    may: Callable[[Complaint, Viewer], bool]
    run: Run
    anchor: str
