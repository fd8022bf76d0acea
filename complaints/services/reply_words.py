"""The templates of a reply on one case, and what their variables say there."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import pgettext

from complaints import profiles
from complaints.letter_facts import due_day, link_to
from complaints.letters import speaking
from complaints.models import Complaint, Message, ReplyTemplate
from complaints.outbox import Recipient, recipients_of
from complaints.profiles import Profile
from complaints.reply_variables import fill
from complaints.states import Direction, LetterKind, Step
from complaints.templatetags.look import amount
from teams.models.user import UserKind

FALLBACK: Final = "en"


def language_of(complaint: Complaint) -> str:
    """The language of the case, English where we do not write it."""
    ours = dict(settings.LANGUAGES)
    return complaint.language if complaint.language in ours else FALLBACK


def templates_for(complaint: Complaint) -> QuerySet[ReplyTemplate]:
    """Those in use of the case's team and of every team, in the case's language."""
    return templates_of(complaint.team_id, language_of(complaint))


def templates_of(team: int, language: str) -> QuerySet[ReplyTemplate]:
    """Those in use of the team with this key and of every team."""
    of_team = Q(team=None) | Q(team=team)
    return ReplyTemplate.objects.filter(of_team, language=language, active=True)


def said(template: ReplyTemplate, complaint: Complaint) -> str:
    """The words of a template on this case; variables without a value are kept."""
    profile = profiles.by_key(complaint.profile_key)
    with speaking(language_of(complaint), profile.timezone):
        return fill(template.text, _values(complaint, profile))


def first_reply_goes_to(complaint: Complaint) -> list[Recipient]:
    """Addresses outside of ours that the first reply by a person would reach."""
    written = Message.objects.filter(complaint=complaint, direction=Direction.OUTBOUND)
    if written.exclude(author__kind=UserKind.SYSTEM).exists():
        return []
    return recipients_of(complaint, LetterKind.REPLY)


Value = Callable[[Complaint, Profile], str]


def _values(complaint: Complaint, profile: Profile) -> Mapping[str, str]:
    return {name: value(complaint, profile) for name, value in VALUES.items()}


def _day(day: date | None) -> str:
    return date_format(day, pgettext("date format", "j F Y")) if day else ""


def _received(complaint: Complaint, _profile: Profile) -> str:
    at: datetime = localtime(complaint.received_at)
    return _day(at.date())


def _amount(complaint: Complaint, _profile: Profile) -> str:
    if complaint.amount is None:
        return ""
    return f"{amount(complaint.amount)}\u00a0{complaint.asset}".strip()


VALUES: Final[Mapping[str, Value]] = {
    "name": lambda case, _profile: case.customer.full_name,
    "reference": lambda case, _profile: case.reference,
    "subject": lambda case, _profile: case.subject,
    "amount": _amount,
    "team": lambda case, _profile: str(case.team.label),
    "received": _received,
    "answer_by": lambda case, profile: _day(
        due_day(case, Step.ANSWER_CUSTOMER, profile)
    ),
    "decide_by": lambda case, profile: _day(
        due_day(case, Step.STATUTORY_DECISION, profile)
    ),
    "link": lambda case, _profile: link_to(case),
}
