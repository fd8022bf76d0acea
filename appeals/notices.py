"""What is announced about an appeal, to the customer and to our own people."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from appeals import panel
from appeals.independence import ties_to
from complaints import letter_facts
from complaints.models import Complaint
from complaints.notifications import notice, send
from complaints.profiles import Profile
from complaints.registry import Done
from complaints.staff_notices import in_role, tell
from complaints.states import Finding, LetterKind, RulingOutcome
from complaints.transitions import Words
from complaints.untied import raise_to
from teams.models import User
from teams.roles import Role

FOLLOWS = {
    RulingOutcome.CONFIRMED: _("The decision stays as it was."),
    RulingOutcome.VARIED: _(
        "A new decision takes the place of the first. We carry it out now and then "
        "send it to you."
    ),
    RulingOutcome.OVERTURNED: _(
        "A new decision takes the place of the first. We carry it out now and then "
        "send it to you."
    ),
    RulingOutcome.REMITTED: _("Somebody else investigates your complaint anew."),
}
FOLLOWS_REFUSAL = {
    RulingOutcome.CONFIRMED: _("We do not take up your complaint."),
    RulingOutcome.OVERTURNED: _("We take up your complaint after all."),
}


def what_follows(appeal: Any) -> Any:
    """What the ruling leads to, in one sentence for the customer."""
    table = FOLLOWS_REFUSAL if appeal.is_against_refusal else FOLLOWS
    return table.get(appeal.outcome, "")


@notice("appeal", "appeal_lodged")
def received(done: Done) -> None:
    appeal = done.obj

    def facts(_complaint: Complaint, _profile: Profile) -> Mapping[str, Any]:
        return {
            "lodged_on": appeal.lodged_at,
            "late": not appeal.in_time,
            "grounds": [
                {
                    "number": ground.number,
                    "kind": ground.get_kind_display(),
                    "text": ground.text,
                }
                for ground in appeal.grounds.all()
            ],
        }

    send(LetterKind.APPEAL_RECEIVED, done, facts)


@notice("appeal", "rule")
def ruling(done: Done) -> None:
    appeal = done.obj

    def facts(_complaint: Complaint, _profile: Profile) -> Mapping[str, Any]:
        new = appeal.new_decision
        return {
            "outcome": RulingOutcome(appeal.outcome).label,
            "summary": appeal.ruling_summary,
            "reasons": appeal.ruling_reasons,
            "grounds": [_found(ground) for ground in appeal.grounds.all()],
            "remedies": [
                letter_facts.remedy(row) for row in (new.live_remedies() if new else ())
            ],
            "what_follows": what_follows(appeal),
            "panel": panel.is_panel(appeal),
            "dissents": panel.dissents(appeal),
        }

    send(LetterKind.RULING, done, facts)


def _found(ground: Any) -> dict[str, Any]:
    finding = Finding.UPHELD if ground.accepted else Finding.NOT_UPHELD
    return {
        "number": ground.number,
        "text": ground.text,
        "finding": finding.label,
        "reasons": ground.answer,
    }


# Our own people -----------------------------------------------------------------------


@notice("appeal", "reviewer_chosen")
def tell_reviewer(done: Done) -> None:
    _tell(
        done,
        [done.obj.reviewer],
        _("Appeal in %(reference)s: you are its reviewer"),
        _("Say within three working days whether it can be heard, or recuse yourself."),
    )


@notice("appeal", "panel_member_chosen")
def tell_member(done: Done) -> None:
    _tell(
        done,
        [done.fields["member"]],
        _("Appeal in %(reference)s: you sit on its panel of three"),
        _("Read the appeal and the sealed file; vote once the ruling is written."),
    )


@notice("appeal", "no_panel_member")
def escalate_panel(done: Done) -> None:
    _raise(
        done,
        in_role("desk", Role.HEAD) | in_role("appeals", Role.LEAD),
        _("Appeal in %(reference)s: its panel of three is not complete"),
        _(
            "Nobody independent is left in the appeals team for an empty seat. Add a "
            "reviewer to the team, then choose again on the page of the appeal."
        ),
    )


@notice("appeal", "no_reviewer")
def escalate(done: Done) -> None:
    """Nobody independent is left: the head and the leads must bring somebody in."""
    _raise(
        done,
        in_role("desk", Role.HEAD) | in_role("appeals", Role.LEAD),
        _("Appeal in %(reference)s: nobody independent is left"),
        _(
            "Everybody in the appeals team acted on this case, decided it, reports to "
            "somebody who did, has stepped back or is away. Add a reviewer to the "
            "team, then choose again on the page of the appeal."
        ),
    )


@notice("appeal", "independence_violated")
def name_violation(done: Done) -> None:
    """The head of complaints sees to it; the name stands on the page of the appeal."""
    _raise(
        done,
        in_role("desk", Role.HEAD),
        _("Appeal in %(reference)s: its reviewer is not independent"),
        _(
            "The nightly check found that whoever hears or heard this appeal acted on "
            "the case, decided it, or reports to somebody who did. Have it reviewed by "
            "somebody else."
        ),
    )


@notice("appeal", "objection_decided_by_tied")
def name_tied_decider(done: Done) -> None:
    """By name, as the page of the outside stage does not say who decided it; where it
    was the head, to whoever comes after them."""
    decider = User.objects.get(pk=done.event.payload["decider"])
    tied = ties_to(done.obj)
    raise_to(
        done,
        in_role("desk", Role.HEAD) - {decider},
        lambda user: user == decider or tied(user),
        _("Appeal in %(reference)s: an objection was decided by somebody tied"),
        format_lazy(DECIDED_BY_TIED, name=str(decider)),
        f"{_page(done)}outside/",
    )


DECIDED_BY_TIED = _(
    "The nightly check found that {name} decided an objection to an arbitrator of this "
    "case and is tied to it. Have somebody whom nothing ties look at the objection "
    "again, and tell the customer what came of it."
)


@notice("appeal", "rule")
def pass_lesson_on(done: Done) -> None:
    """What the first team can learn from the ruling goes to its leads."""
    if done.obj.lesson:
        team = done.obj.complaint.team.code
        subject = _("Appeal in %(reference)s: what it taught")
        _tell(done, in_role(team, Role.LEAD), subject, done.obj.lesson)


@notice("appeal", "refer")
def tell_of_referral(done: Done) -> None:
    """Those who heard it deal with the outside body."""
    _tell(
        done,
        {done.obj.reviewer, *in_role("appeals", Role.LEAD)},
        _("Appeal in %(reference)s: it goes to an outside body"),
        _("The customer takes the case there and agrees to take part."),
    )


def _tell(
    done: Done, people: Iterable[User | None], subject: Words, body: Words
) -> None:
    tell(done, people, subject, body, _page(done))


def _raise(done: Done, people: Iterable[User], subject: Words, body: Words) -> None:
    raise_to(done, people, ties_to(done.obj), subject, body, _page(done))


def _page(done: Done) -> str:
    return f"/admin/appeals/appeal/{done.obj.pk}/change/"
