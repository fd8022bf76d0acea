"""What staff do on a case besides transitions, each as one form on a page of its own.

An act names its form, who is offered it and the service that does it. Rules stand in
the services; ``may`` only decides whether a link is shown and the page opens. A module
holds the acts of one matter with their forms.
"""

from collections.abc import Mapping

from complaints.admin.acts import (
    advice,
    conferring,
    conflicts,
    consulting,
    facts,
    holds,
    protection,
    work,
)
from complaints.admin.acts.act import Act
from complaints.models import Complaint
from complaints.permissions import Viewer

__all__ = ["ACTS", "Act", "open_acts"]

ACTS: Mapping[str, Act] = {
    **work.ACTS,
    **holds.ACTS,
    **facts.ACTS,
    **conflicts.ACTS,
    **advice.ACTS,
    **protection.ACTS,
    **consulting.ACTS,
    **conferring.ACTS,
}


def open_acts(case: Complaint, viewer: Viewer) -> dict[str, Act]:
    """The acts offered to ``viewer`` on this case, by name."""
    return {
        name.replace("-", "_"): act
        for name, act in ACTS.items()
        if act.may(case, viewer)
    }
