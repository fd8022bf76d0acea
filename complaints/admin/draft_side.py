"""What stands beside a draft: what is still missing in it, and the letter it makes.

Both are told of what is typed, before anything is kept: the page is written, looked at
and taken back in one transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db import transaction
from django.utils import timezone

from complaints.models import Complaint, Decision
from complaints.permissions import Viewer
from complaints.services.letter_preview import Sheet, decision_sheet
from complaints.transitions import Words
from complaints.workflow import offer_of

AT: dict[str, str] = {
    "points_open": "points",
    "evidence_missing": "points",
    "shares_incomplete": "shares",
    "precedents_unseen": "similar",
    "departure_unsaid": "similar",
    "departure_unjustified": "id_departure_reason",
    "no_reasons": "id_summary",
    "no_cause": "id_cause",
    "money_unvalued": "remedies",
}
"""Where on the page a refusal of the proposal is seen to."""


@dataclass(frozen=True)
class Side:
    """``missing`` are (words, place on the page); ``typed``: not kept so far."""

    missing: list[tuple[Words, str]] = field(default_factory=list)
    sheet: Sheet | None = None
    typed: bool = False

    @property
    def complete(self) -> bool:
        return not self.missing


def side_of(
    case: Complaint, viewer: Viewer, draft: Decision | None, *, typed: bool = False
) -> Side:
    """Of the rows as they are now."""
    offer = offer_of(case, "propose_decision", viewer)
    refusals = offer.refusals if offer else ()
    missing = [(refusal.words, AT.get(refusal.code, "")) for refusal in refusals]
    sheet = decision_sheet(case, draft, now=timezone.now()) if draft else None
    return Side(missing, sheet, typed)


@transaction.atomic
def side_of_typed(
    case: Complaint,
    viewer: Viewer,
    write: Callable[[], object],
    in_hand: Callable[[Complaint], Decision | None],
) -> Side:
    """The same as ``write`` would make it; then everything is as it was before.

    Raises what ``write`` raises.
    """
    write()
    side = side_of(case, viewer, in_hand(case), typed=True)
    transaction.set_rollback(True)
    return side


def put_in(form: Any, post: Any) -> None:
    """Copy the chosen passage into what is typed of one finding: rule and reasons."""
    name = {key: form.add_prefix(key) for key in ("policy", "rule", "reasons")}
    snippet = form.policies.get(post.get(name["policy"], ""))
    if snippet is None:
        return
    rules = [post.get(name["rule"], "").strip(), snippet.rule]
    post[name["rule"]] = "; ".join(dict.fromkeys(filter(None, rules)))
    texts = [post.get(name["reasons"], "").rstrip(), snippet.text]
    post[name["reasons"]] = "\n\n".join(filter(None, texts))
    post[name["policy"]] = ""


def unasked(form: forms.Form, post: Any) -> None:
    """Have a form show what was typed without judging it."""
    typed = {
        name: field.widget.value_from_datadict(post, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }
    form.is_bound = False
    form.initial = {**form.initial, **typed}
