"""What must be true of a complaint before it moves, each as a named function.

A guard yields its refusals in words for the person who asked; none means go.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from complaints import profiles
from complaints.clocks import business_days_before
from complaints.format import listed
from complaints.permissions import customer_self
from complaints.states import (
    SETTLED_REMEDY_STATES,
    ClosingReason,
    DecisionStatus,
    State,
    Step,
)
from complaints.together import rows_of
from complaints.transitions import Ask, Refusal
from teams.competence import lapsed_of
from teams.cover import stand_ins

EARLY_ISSUE = 2
"""Working days before the limit of the law on which the system sends a decision."""


def assessed(_complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """The initial assessment is complete (ISO 10002)."""
    wanted = ("category", "team", "severity", "complexity", "impact")
    if any(not ask.fields.get(name) for name in wanted):
        yield Refusal(
            "not_assessed",
            _("Choose category, team, severity, complexity and impact first."),
        )


def not_conflicted(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """Whoever is to handle the case is not named in it and did not act on it."""
    person = ask.fields.get("handler") or ask.viewer.user
    if complaint.is_conflicted(person.pk):
        yield Refusal(
            "conflict_of_interest",
            _("This person is named in the case or has a conflict of interest."),
        )
    if complaint.customer.user_id == person.pk:
        yield Refusal("own_complaint", _("Nobody handles their own complaint."))
    elif complaint.is_spoken_for_by(person.pk):
        yield Refusal(
            "speaks_for_customer",
            _("Nobody handles a complaint of somebody they speak for."),
        )


def present(_complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """The handler-to-be is at work and may sign in."""
    person = ask.fields.get("handler")
    if person is None:
        return
    away = person.absences.filter(starts_at__lte=ask.now, ends_at__gt=ask.now)
    if not person.is_active or away.exists():
        cover = stand_ins([person.pk], ask.now).get(person.pk)
        words = _("This person is away; %(cover)s stands in.") % {"cover": cover}
        yield Refusal("absent", words if cover else _("This person is away."))


def member_of_team(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """The handler-to-be belongs to the team that has the case."""
    person = ask.fields.get("handler")
    if person is None:
        return
    if not person.memberships.live(ask.now).filter(team_id=complaint.team_id).exists():
        yield Refusal(
            "not_in_team", _("This person does not belong to the team of the case.")
        )


def competent(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """No training that such a case asks for has run out."""
    person = ask.fields.get("handler") or ask.viewer.user
    category = complaint.category.code if complaint.category else ""
    lapsed = lapsed_of(person, category, localdate(ask.now))
    if lapsed is not None:
        facts = {
            "title": lapsed.title,
            "person": person,
            "day": date_format(lapsed.valid_until, "DATE_FORMAT"),
        }
        yield Refusal(
            "competence_lapsed",
            _(
                "%(person)s: “%(title)s” ran out on %(day)s. Renew it, or give the "
                "case to somebody else."
            )
            % facts,
        )


def published_ground(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """Only grounds of the profile's published conditions can be chosen."""
    known = profiles.by_key(complaint.profile_key).grounds
    if ask.fields.get("ground") not in {ground.code for ground in known}:
        yield Refusal("unknown_ground", _("Choose one of the published grounds."))


def enquiry_or_other_firm(_complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """This way out is for enquiries and for what another firm answers."""
    reason = ask.fields.get("closing_reason")
    if reason not in (ClosingReason.ENQUIRY, ClosingReason.OTHER_FIRM):
        yield Refusal("not_this_way", _("Choose enquiry or another firm's matter."))
    if reason == ClosingReason.OTHER_FIRM and not ask.fields.get("forwarded_to"):
        yield Refusal(
            "not_forwarded", _("Name the firm to which it was forwarded in writing.")
        )


def other_team(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    team = ask.fields.get("team")
    if team is not None and team.pk == complaint.team_id:
        yield Refusal("same_team", _("The case is with this team already."))


def answer_by_in_future(_complaint: Any, ask: Ask) -> Iterator[Refusal]:
    due = ask.fields.get("answer_by")
    if due is not None and due <= ask.now:
        yield Refusal("date_past", _("Choose a date that is still to come."))


def something_new(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Completing is for refusals and enquiries, not for closed complaints."""
    if complaint.state == State.CLOSED and complaint.closing_reason not in (
        "enquiry",
        "other_firm",
    ):
        yield Refusal(
            "closed_complaint", _("This complaint was decided; it can be appealed.")
        )


def word_recorded(obj: Any, ask: Ask) -> Iterator[Refusal]:
    """Staff who act for the customer write down how the customer said so."""
    if ask.viewer.is_system or customer_self(obj.case, ask.viewer):
        return
    if not ask.fields.get("customer_word"):
        yield Refusal("no_customer_word", _("Write down how the customer said so."))


# Decision -------------------------------------------------------------------------


def decision_drafted(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    if complaint.current_decision(DecisionStatus.DRAFT) is None:
        yield Refusal("no_draft", _("There is no draft of the decision yet."))


def every_point_found(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Each point raised has a finding (RTS 2025/294 Art 6(1))."""
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    found = {finding.point_id for finding in draft.findings.all()} if draft else set()
    points = complaint.points.all()
    numbers = [str(point.number) for point in points if point.pk not in found]
    if not points:
        yield Refusal("no_points", _("Write down the points raised first."))
    elif numbers:
        yield Refusal(
            "points_open",
            ngettext_lazy(
                "Point %(numbers)s has no finding.",
                "Points %(numbers)s have no finding.",
                len(numbers),
            )
            % {"numbers": listed(numbers)},
        )


def shares_complete(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    total = sum(share.percent for share in draft.shares.all()) if draft else 0
    if draft and total != 100:
        yield Refusal(
            "shares_incomplete",
            _("Shares of responsibility add to %(total)s %%.") % {"total": total},
        )


def evidence_named(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Each finding names its evidence or says that there is none."""
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    if draft is None:
        return
    numbers = [
        str(finding.point.number)
        for finding in rows_of(draft.findings, "evidence", "point")
        if not finding.no_evidence and not finding.evidence.all()
    ]
    if numbers:
        yield Refusal(
            "evidence_missing",
            _("Name the evidence for point %(numbers)s, or say there is none.")
            % {"numbers": listed(numbers)},
        )


def precedents_considered(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Similar decisions were looked at, a departure is justified (Art 6(1))."""
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    if draft is None:
        return
    if not draft.precedents_seen:
        yield Refusal("precedents_unseen", _("Similar decisions were not looked at."))
    elif draft.outcome and not draft.departs and _stands_alone(draft):
        yield Refusal(
            "departure_unsaid",
            _(
                "None of the similar decisions came to this outcome. Say that this one "
                "departs from them, and why."
            ),
        )
    if draft.departs and not draft.departure_reason:
        yield Refusal(
            "departure_unjustified",
            _("Say why this decision departs from the similar ones."),
        )


def _stands_alone(draft: Any) -> bool:
    """No decision that was looked at came to the outcome of this one."""
    outcomes = {precedent.outcome for precedent in draft.precedents.all()}
    return bool(outcomes) and draft.outcome not in outcomes


def reasons_given(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    if draft is None:
        return
    if not draft.reasons.strip() or not draft.summary.strip():
        yield Refusal("no_reasons", _("Write the outcome and the reasons."))
    if not draft.cause:
        yield Refusal("no_cause", _("Choose a provisional root cause."))


def money_valued(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Every payment has an amount and a value, so that the band can be told."""
    draft = complaint.current_decision(DecisionStatus.DRAFT)
    if draft is None:
        return
    if any(
        remedy.is_money and not remedy.is_valued for remedy in draft.live_remedies()
    ):
        yield Refusal(
            "money_unvalued", _("Give every payment an amount, a rate and a value.")
        )


def capacity_open(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """There is a sign-off still needed that this person may give."""
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    if decision is None:
        yield Refusal("no_proposal", _("No decision is proposed."))
        return
    if decision.proposed_by_id == ask.viewer.user.pk:
        yield Refusal("own_proposal", _("You proposed this decision."))
    elif decision.capacity_for(ask.viewer) is None:
        yield Refusal(
            "capacity_not_needed",
            _("No sign-off that you may give is still open on this decision."),
        )


def not_signed_yet(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    if decision and decision.is_signed_by(ask.viewer.user.pk):
        yield Refusal("signed_already", _("You signed off this decision already."))


def all_signed(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Every sign-off that band and category ask for stands, by different people."""
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    if decision is None:
        yield Refusal("no_proposal", _("No decision is proposed."))
        return
    missing = decision.missing_capacities()
    if missing:
        yield Refusal(
            "sign_offs_missing",
            _("Still needed: sign-off by %(who)s.")
            % {"who": listed([str(role.label) for role in missing])},
        )


def signed_last(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """Only whose sign-off was the last one needed approves."""
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    if decision is None or decision.missing_capacities():
        return
    signed = decision.standing()
    if not signed or signed[-1].signer_id != ask.viewer.user.pk:
        yield Refusal(
            "not_last_signer", _("The person who signed off last approves this.")
        )


def unconditional_remedies_done(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """The system may issue earlier: two working days before the legal limit."""
    decision = complaint.current_decision(DecisionStatus.APPROVED)
    if decision is None:
        yield Refusal("no_approval", _("No decision is approved."))
        return
    waits = any(
        not remedy.on_acceptance and remedy.state not in SETTLED_REMEDY_STATES
        for remedy in decision.remedies.all()
    )
    if waits and not _limit_is_near(complaint, ask):
        yield Refusal(
            "remedies_open", _("Remedies that need no acceptance are not done yet.")
        )


def _limit_is_near(complaint: Any, ask: Ask) -> bool:
    """Reckoned in the calendar of the profile: the two days are working days."""
    calendar = profiles.by_key(complaint.profile_key).calendar
    return any(
        ask.now >= business_days_before(clock.due_at, EARLY_ISSUE, calendar)
        for clock in complaint.running_clocks(Step.STATUTORY_DECISION)
    )


def letter_complete(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """The letter can name the outside routes of the profile (Art 6(4))."""
    if not profiles.by_key(complaint.profile_key).outside_routes:
        yield Refusal(
            "no_outside_routes", _("The rules of this case name no outside route.")
        )


# Closing ----------------------------------------------------------------------------


def remedies_settled(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """No case closes while something promised is not done."""
    states = {remedy.state for remedy in complaint.remedies.all()}
    if states - SETTLED_REMEDY_STATES:
        yield Refusal("remedies_open", _("Not every remedy is settled yet."))


def window_over_or_accepted(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """The customer accepted, or the time to appeal has passed."""
    if complaint.running_clocks(Step.APPEAL_WINDOW):
        yield Refusal("window_open", _("The customer can still appeal."))


def cause_recorded(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """Root cause and its nature stand, now or from the decision and the list."""
    cause = ask.fields.get("cause") or complaint.cause
    unknown = list(cause_known(complaint, ask))
    said = ask.fields.get("cause_scope") or complaint.cause_scope
    yield from unknown
    if not cause:
        yield Refusal("no_cause", _("Choose the root cause."))
    elif not (unknown or said or ask.viewer.is_system or nature_of(cause)):
        yield Refusal(
            "no_nature",
            _("Say whether the cause is a single incident, recurring or systemic."),
        )


def cause_known(_complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """A cause that is given stands on the list of the house."""
    cause = ask.fields.get("cause")
    if cause and not _causes().filter(code=cause, active=True).exists():
        yield Refusal("unknown_cause", _("Choose the root cause from the list."))


def nature_of(cause: str) -> str:
    """What such a cause usually is, by the list; empty where it does not say."""
    found = _causes().filter(code=cause).values_list("nature", flat=True).first()
    return str(found or "")


def _causes() -> Any:
    return apps.get_model("complaints", "RootCause")._default_manager


def not_appealed_before(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """One internal appeal a decision; after its ruling only the outside stage."""
    if complaint.appeal_exhausted():
        yield Refusal(
            "appeal_used",
            _("This decision was appealed already; the outside routes remain."),
        )


def appealable(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Enquiries and withdrawn matters were never decided."""
    if complaint.state == State.CLOSED and complaint.closing_reason in (
        ClosingReason.ENQUIRY,
        ClosingReason.OTHER_FIRM,
    ):
        yield Refusal(
            "never_decided", _("Nothing was decided yet; say that it is a complaint.")
        )


def window_open_still(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """A decision is accepted once, while it can still be appealed."""
    if complaint.closing_reason == ClosingReason.ACCEPTED:
        yield Refusal("accepted_already", _("You accepted this decision already."))


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
