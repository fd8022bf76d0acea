"""Who decides what a customer says against an arbitrator, and who must not."""

from collections.abc import Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.concerned import Concerned, concerned
from appeals.independence import TEAM, decider_ties
from complaints.staff_notices import in_role
from complaints.untied import Responsible, responsible
from teams.models import User
from teams.roles import Role


def choosers() -> set[User]:
    """The head of complaints and the leads of the appeals team."""
    return in_role("desk", Role.HEAD) | in_role(TEAM, Role.LEAD)


def judging_ties(
    appeal: Any, user: User, known: Concerned | None = None
) -> Iterator[str | Promise]:
    """Reasons why ``user`` may not say who judges what came of ``appeal``."""
    yield from decider_ties(appeal, user, known)
    if user.pk == appeal.reviewer_id or appeal.seats.filter(user=user).exists():
        yield _("This person heard the appeal.")


def judges(referral: Any) -> Responsible:
    """Those who may decide an objection of the customer, by name.

    The head and the leads of the appeals team whom nothing ties; where there is none,
    compliance officers; where there is none either, nobody until the management body
    has named somebody.
    """
    appeal, known = referral.appeal, concerned(referral.complaint)
    heard = set(appeal.seats.values_list("user_id", flat=True)) | {appeal.reviewer_id}

    def is_tied(user: User) -> bool:
        return user.pk in heard or any(decider_ties(appeal, user, known))

    return responsible(referral.complaint, choosers(), is_tied)
