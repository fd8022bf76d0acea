"""How far an appeal is, for the page of the case."""

from collections.abc import Iterator

from appeals import outside_selectors, selectors
from appeals.beside import beside
from appeals.notices import what_follows
from complaints.models import Complaint
from complaints.registry import stands
from complaints.states import AppealState
from complaints.transitions import Words


@stands
def appeal_stands(complaint: Complaint) -> Iterator[Words]:
    """Of the newest appeal, or of the outside stage that it was taken to."""
    found = beside(complaint)
    if found is None or not found.appeals:
        return
    appeal = found.appeals[0]
    for row in found.referrals:
        if row.appeal_id == appeal.pk:
            yield outside_selectors.STANDING[row.state]
            return
    yield selectors.STANDING[AppealState(appeal.state)]
    sent = {row.pk for row in found.decisions if row.issued_at is not None}
    if appeal.ruled_at is not None and appeal.new_decision_id not in sent:
        yield what_follows(appeal)
