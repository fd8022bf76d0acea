"""What must be true of an appeal before it moves."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from appeals import consent, panel
from appeals.independence import dependence
from complaints import profiles
from complaints.states import DecisionStatus, RulingOutcome
from complaints.transitions import Ask, Refusal


def in_time_or_excused(appeal: Any, _ask: Ask) -> Iterator[Refusal]:
    """Late appeals give a reason; the reviewer judges it by admitting."""
    if not appeal.in_time and not appeal.late_reason.strip():
        yield Refusal("late_without_reason", _("It is late and gives no reason."))


def is_late(appeal: Any, _ask: Ask) -> Iterator[Refusal]:
    if appeal.in_time:
        yield Refusal("in_time", _("The appeal was lodged in time."))


def independent(appeal: Any, ask: Ask) -> Iterator[Refusal]:
    """Whoever rules never touched the case and reports to nobody who did."""
    for reason in dependence(appeal, ask.viewer.user):
        yield Refusal("not_independent", reason)


def every_ground_answered(appeal: Any, _ask: Ask) -> Iterator[Refusal]:
    open_grounds = appeal.grounds.filter(answer="") | appeal.grounds.filter(
        accepted=None
    )
    numbers = [str(n) for n in open_grounds.values_list("number", flat=True)]
    if numbers:
        yield Refusal(
            "grounds_open",
            _("Grounds without an answer: %(numbers)s.")
            % {"numbers": ", ".join(numbers)},
        )


def ruling_written(appeal: Any, _ask: Ask) -> Iterator[Refusal]:
    if not (appeal.outcome and appeal.ruling_summary and appeal.ruling_reasons):
        yield Refusal("no_ruling", _("Write outcome, summary and reasons first."))
    if appeal.decision_id is None and appeal.outcome in (
        RulingOutcome.VARIED,
        RulingOutcome.REMITTED,
    ):
        yield Refusal(
            "refusal_has_two_ways", _("A refusal is either confirmed or overturned.")
        )


def new_decision_signed(appeal: Any, _ask: Ask) -> Iterator[Refusal]:
    """Varied or overturned brings a new decision with the sign-offs of its band."""
    changed = appeal.outcome in (RulingOutcome.VARIED, RulingOutcome.OVERTURNED)
    if not changed or appeal.decision_id is None:
        return
    decision = appeal.new_decision
    if decision is None or decision.status != DecisionStatus.PROPOSED:
        yield Refusal("no_new_decision", _("Propose the new decision first."))
    elif decision.missing_capacities():
        yield Refusal(
            "sign_offs_missing", _("Sign-offs of the new decision are missing.")
        )


def panel_agrees(appeal: Any, _ask: Ask) -> Iterator[Refusal]:
    """Two of three carry a ruling, and all three have said yes or no to these words."""
    if not panel.is_panel(appeal):
        return
    rows, present = panel.members(appeal), panel.ruling_hash(appeal)
    if len(rows) < len(panel.SEATS):
        yield Refusal("panel_incomplete", _("The panel of three is not complete."))
    elif not all(panel.has_voted(row, present) for row in rows):
        words = _("Not every member of the panel has voted on this wording.")
        yield Refusal("votes_missing", words)
    elif all(row.vote == "dissents" for row in rows):
        words = _("Both other members of the panel see it differently.")
        yield Refusal("panel_against", words)


def consent_given(_appeal: Any, ask: Ask) -> Iterator[Refusal]:
    """Taking part is voluntary and informed (ISO 10003, 4.6)."""
    if ask.fields.get("consent") is not True:
        yield Refusal("no_consent", _("We need your agreement to refer the case."))
    if ask.fields.get("words") not in (None, "", consent.VERSION):
        words = _("The words you agree to have changed. Please read them again.")
        yield Refusal("words_changed", words)


def known_route(appeal: Any, ask: Ask) -> Iterator[Refusal]:
    case = appeal.complaint
    routes = profiles.by_key(case.profile_key).routes_for(case.customer.country)
    if ask.fields.get("route") not in {route.code for route in routes}:
        yield Refusal("unknown_route", _("Choose one of the outside routes."))


def outside_window_over(appeal: Any, ask: Ask) -> Iterator[Refusal]:
    """Work on an appeal ends with its ruling; the outside routes stay open by law."""
    del ask
    if appeal.complaint.remedies.filter(state__in=("executing", "failed")).exists():
        yield Refusal("remedies_open", _("A remedy of the ruling is not settled yet."))
