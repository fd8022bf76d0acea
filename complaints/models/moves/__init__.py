"""Every move of a complaint (design: "Transitions"), as django-fsm transitions.

A body sets fields of its own row and nothing else. It is called by
``workflow.perform`` alone: calling it directly ignores permission and guards, and
the database refuses to save what came of it.
"""

from complaints.models.moves.admission import Admission
from complaints.models.moves.appealing import Appealing
from complaints.models.moves.closing import Closing
from complaints.models.moves.decision import Deciding
from complaints.models.moves.investigation import Investigation


class ComplaintMoves(Appealing, Closing, Deciding, Investigation, Admission):
    """The transition table of a complaint.

    What comes last in a case stands first: moves are offered in the order of their
    classes, from the base upwards.
    """

    class Meta:
        abstract = True
