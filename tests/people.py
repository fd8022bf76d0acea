"""The people of the tests, each with a fixed meaning.

``customer`` files, ``other_customer`` must never see it, ``outsider`` is signed in
and belongs nowhere. Staff are named by role, as the demo accounts are.
"""

from dataclasses import dataclass, fields

from teams.models import Team, User
from teams.models.user import UserKind
from teams.services import add_member
from teams.system import system_actor

PASSWORD = "correct horse battery staple"

MEMBERSHIPS: dict[str, tuple[str, str]] = {
    "support": ("support", "member"),
    "support_lead": ("support", "lead"),
    "risk": ("risk", "member"),
    "risk_lead": ("risk", "lead"),
    "security": ("security", "member"),
    "security_lead": ("security", "lead"),
    "tech": ("tech", "member"),
    "legal": ("legal", "officer"),
    "compliance_officer": ("compliance", "officer"),
    "reviewer": ("desk", "reviewer"),
    "approver": ("desk", "approver"),
    "approver_2": ("desk", "approver"),
    "executor": ("desk", "executor"),
    "appeals": ("appeals", "lead"),
    "appeals_2": ("appeals", "reviewer"),
    "appeals_3": ("appeals", "reviewer"),
    "head": ("desk", "head"),
}


@dataclass(frozen=True)
class People:
    customer: User
    other_customer: User
    outsider: User
    support: User
    support_lead: User
    risk: User
    risk_lead: User
    security: User
    security_lead: User
    tech: User
    legal: User
    compliance_officer: User
    reviewer: User
    approver: User
    approver_2: User
    executor: User
    appeals: User
    appeals_2: User
    appeals_3: User
    head: User
    admin: User

    def all(self) -> dict[str, User]:
        """Everybody by the name of their role."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def make_user(name: str, **columns: object) -> User:
    """A person who can sign in with ``PASSWORD``."""
    defaults = {"email": f"{name}@people.example", "first_name": name.title()}
    user = User(username=name, **{**defaults, **columns})
    user.set_password(PASSWORD)
    user.save()
    return user


def everybody() -> People:
    """Everybody; made anew only where a flush of the database took them."""
    names = [field.name for field in fields(People)]
    found = {user.username: user for user in User.objects.filter(username__in=names)}
    return People(**found) if len(found) == len(names) else make_people()


def make_people() -> People:
    """Everybody, with their memberships; ``everybody`` calls it once a database."""
    teams = {team.code: team for team in Team.objects.all()}
    made: dict[str, User] = {}
    for field in fields(People):
        made[field.name] = make_user(field.name)
    made["admin"].is_superuser = made["admin"].is_staff = True
    made["admin"].kind = UserKind.STAFF
    made["admin"].save()
    actor = system_actor()
    for name, (team, role) in MEMBERSHIPS.items():
        add_member(user=made[name], team=teams[team], role=role, actor=actor)
    return People(**made)
