"""Walks a story to where it stands, through the services, in its own time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from appeals.demo.acts import (
    accept,
    admit,
    apologise,
    approve,
    ask,
    close,
    draft,
    issue,
    propose,
    protect_account,
    take,
    talk,
)
from appeals.demo.ends import appeal, enquiry, merge, refuse, rule, withdraw
from appeals.demo.people import CUSTOMERS, Cast
from appeals.demo.played import Play
from appeals.demo.stories import Story
from appeals.demo.words import words_of
from complaints.models import Category, Complaint
from complaints.services import intake
from complaints.services.evidence import Upload, add_evidence
from complaints.services.intake import Filing
from complaints.services.relay import relay_due
from complaints.states import State

COUNTRIES = {name: country for name, _f, _l, _lang, country in CUSTOMERS}


def play(story: Story, cast: Cast, present: datetime) -> Complaint:
    """File the story and walk it to its state."""
    begun = present - timedelta(days=story.age)
    case = _file(story, cast, begun)
    walk = Play(
        story, cast, case, begun, present, words_of(case.language, story.category)
    )
    relay_due(now=begun)
    for act in ACTS[story.until]:
        act(walk)
        relay_due(now=walk.now)
    return case


def _file(story: Story, cast: Cast, now: datetime) -> Complaint:
    user = cast[story.customer]
    party = intake.party_of_user(user)
    if not party.country:
        party.country = COUNTRIES[story.customer]
        party.save(update_fields=["country"])
    category = Category.objects.get(code=story.category)
    case = intake.file_complaint(
        filing=Filing(
            customer=party,
            channel=story.channel,
            subject=story.subject,
            description=story.text,
            language=user.language,
            points=story.points,
            category=category,
            funds_at_risk=story.at_risk,
            asset=story.asset if story.amount else "",
            amount=Decimal(story.amount) if story.amount else None,
            desired_outcome=story.desired,
            identifiers=story.ids,
        ),
        actor=user,
        now=now,
    )
    for name, text in story.evidence:
        add_evidence(
            complaint=case, upload=Upload(name, text.encode()), actor=user, now=now
        )
    return case


Act = Callable[[Play], None]
_ADMITTED: tuple[Act, ...] = (protect_account, admit)
_WORKED: tuple[Act, ...] = (*_ADMITTED, take, talk)
_PROPOSED: tuple[Act, ...] = (*_WORKED, draft, propose)
_APPROVED: tuple[Act, ...] = (*_PROPOSED, approve)
_ANSWERED: tuple[Act, ...] = (*_APPROVED, apologise, issue)

ACTS: dict[str, tuple[Act, ...]] = {
    State.RECEIVED: (protect_account,),
    State.ASSIGNED: _ADMITTED,
    State.INVESTIGATING: _WORKED,
    State.AWAITING_CUSTOMER: (*_WORKED, ask),
    State.IN_REVIEW: _PROPOSED,
    State.REMEDYING: _APPROVED,
    State.ANSWERED: _ANSWERED,
    State.CLOSED: (*_ANSWERED, accept, close),
    State.INADMISSIBLE: (refuse,),
    State.WITHDRAWN: (admit, withdraw),
    State.MERGED: (merge,),
    State.APPEALED: (*_ANSWERED, appeal),
    "enquiry": (enquiry,),
    "ruled": (*_ANSWERED, appeal, rule),
}
"""State (or the end of a story) -> the acts that lead there."""
