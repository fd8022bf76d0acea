"""Which letters a customer may do without by e-mail; every letter stands in the portal.

What the law makes us send, what starts or stops a time limit for the customer and what
protects their account always goes out.
"""

from complaints.models import Party
from complaints.states import LetterKind

OPTIONAL = (LetterKind.REPLY, LetterKind.REMEDY_DONE, LetterKind.CLOSED)


def is_muted(party: Party, kind: str) -> bool:
    """Whether this customer asked to have letters of ``kind`` in the portal alone."""
    if kind not in OPTIONAL or party.user is None:
        return False
    return kind in party.user.muted_notices
