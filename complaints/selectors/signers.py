"""Which sign-offs a decision asks for, who gave them, and who is left to give them."""

from collections.abc import Callable, Collection
from typing import Any, Final

from complaints.models import Complaint, Decision
from complaints.permissions import Viewer
from complaints.states import DecisionStatus, SignOffRole
from complaints.together import rows_of
from teams.models import User
from teams.permissions import grants_of_all, holders_of
from teams.roles import Perm

SIGNING_TEAMS: Final = {
    SignOffRole.APPROVER: ("desk", Perm.SIGN_APPROVER),
    SignOffRole.LEGAL: ("legal", Perm.SIGN_LEGAL),
    SignOffRole.COMPLIANCE: ("compliance", Perm.SIGN_COMPLIANCE),
}
"""Which team is let into a case to sign its decision, and by which permission."""

IsTied = Callable[[User], bool]
"""Whether somebody is too close to a case to sign what comes of it."""


def signatures(decision: Decision | None) -> list[dict[str, Any]]:
    """Which sign-offs are asked for, who gave them, whether they still stand."""
    if decision is None:
        return []
    present = decision.current_hash()
    given = rows_of(decision.sign_offs, "signer")
    rows: list[dict[str, Any]] = [
        {
            "label": SignOffRole(row.capacity).label,
            "sign_off": row,
            "stands": row.content_hash == present,
        }
        for row in given
    ]
    if decision.status == DecisionStatus.PROPOSED:
        standing = (row.capacity for row in given if row.content_hash == present)
        rows += [
            {"label": role.label, "sign_off": None, "stands": False}
            for role in decision.lacking(standing)
        ]
    return rows


def conflicted(complaint: Complaint) -> IsTied:
    """Who may sign nothing on this case: its customer, who speaks for them, and the
    conflicted."""
    customer = complaint.customer.user_id
    rows = complaint.conflicts.all()
    barred = {row.user_id for row in rows if row.lifted_at is None} | {customer}
    barred |= {row.user_id for row in complaint.representatives.all()}
    return lambda user: user.pk in barred


def unsignable(decision: Decision, is_tied: IsTied) -> list[SignOffRole]:
    """Sign-offs still open that nobody is left to give, by different people each.

    Never the proposer, nobody who signed already, and nobody who ``is_tied``.
    """
    missing = decision.missing_capacities()
    able = _able(decision, missing, is_tied) if missing else {}
    seats: dict[int, SignOffRole] = {}
    return [role for role in missing if not _seated(role, able, seats, set())]


def _able(
    decision: Decision, roles: Collection[SignOffRole], is_tied: IsTied
) -> dict[SignOffRole, list[int]]:
    """Who could give each of ``roles``, by primary key."""
    out = {row.signer_id for row in decision.standing()} | {decision.proposed_by_id}
    holders = holders_of([role.codename for role in roles])
    people = [
        user
        for user in holders.prefetch_related("memberships")
        if user.pk not in out and not is_tied(user)
    ]
    grants = grants_of_all(people)
    viewers = [Viewer(user=user, grants=grants[user.pk]) for user in people]
    return {
        role: [v.user.pk for v in viewers if decision.may_sign_as(role, v)]
        for role in roles
    }


def _seated(
    role: SignOffRole,
    able: dict[SignOffRole, list[int]],
    seats: dict[int, SignOffRole],
    asked: set[int],
) -> bool:
    """Whether somebody gives ``role``; another who could may make room for them."""
    for person in able[role]:
        if person in asked:
            continue
        asked.add(person)
        if person not in seats or _seated(seats[person], able, seats, asked):
            seats[person] = role
            return True
    return False
