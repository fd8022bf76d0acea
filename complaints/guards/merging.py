"""Guards of merging two cases, and of undoing it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.states import State
from complaints.transitions import Ask, Refusal


def mergeable(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """Same customer or same incident, both seen by whoever merges them."""
    other = ask.fields.get("survivor")
    if other is None:
        return
    if (
        other.pk == complaint.pk
        or other.state == State.MERGED
        or (
            not type(complaint)
            .objects.visible_to(ask.viewer)
            .filter(pk=other.pk)
            .exists()
        )
    ):
        yield Refusal("cannot_merge", _("Choose another, unmerged complaint."))
    elif not (
        other.customer_id == complaint.customer_id
        or complaint.shares_identifier_with(other)
    ):
        yield Refusal(
            "not_same_matter", _("Neither customer nor transaction is the same.")
        )


def merged_lately(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    if not complaint.may_be_unmerged(ask.now):
        yield Refusal("too_late", _("A merger can be undone for 30 days."))
