"""Guards of work on a case: who may have it, and what is asked meanwhile."""

from collections.abc import Iterator
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from complaints.permissions import customer_self
from complaints.transitions import Ask, Refusal
from teams.competence import lapsed_of
from teams.cover import stand_ins


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


def other_team(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    team = ask.fields.get("team")
    if team is not None and team.pk == complaint.team_id:
        yield Refusal("same_team", _("The case is with this team already."))


def answer_by_in_future(_complaint: Any, ask: Ask) -> Iterator[Refusal]:
    due = ask.fields.get("answer_by")
    if due is not None and due <= ask.now:
        yield Refusal("date_past", _("Choose a date that is still to come."))


def word_recorded(obj: Any, ask: Ask) -> Iterator[Refusal]:
    """Staff who act for the customer write down how the customer said so."""
    if ask.viewer.is_system or customer_self(obj.case, ask.viewer):
        return
    if not ask.fields.get("customer_word"):
        yield Refusal("no_customer_word", _("Write down how the customer said so."))
