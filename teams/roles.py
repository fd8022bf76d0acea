"""Which role allows what, as one table (design: "Roles"). Nothing else grants."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Role(TextChoices):
    MEMBER = "member", _("Member")
    LEAD = "lead", _("Lead")
    OFFICER = "officer", _("Officer")
    APPROVER = "approver", _("Approver")
    EXECUTOR = "executor", _("Executor")
    REVIEWER = "reviewer", _("Reviewer")
    HEAD = "head", _("Head of complaints")


class Perm:
    """Codenames of the permissions that stand on a team."""

    VIEW = "view_cases"
    HANDLE = "handle_cases"
    LEAD = "lead_cases"
    TRIAGE = "triage_cases"
    REFUSE = "refuse_cases"
    VIEW_STATUS = "view_status"
    VIEW_AT_RISK = "view_at_risk"
    IMPOSE_INTERIM = "impose_interim"
    SIGN_LEAD = "sign_off_as_lead"
    SIGN_APPROVER = "sign_off_as_approver"
    SIGN_LEGAL = "sign_off_as_legal"
    SIGN_COMPLIANCE = "sign_off_as_compliance"
    EXECUTE = "execute_remedies"
    VIEW_REGISTER = "view_register"
    REVIEW_APPEALS = "review_appeals"
    HEAD = "head_desk"
    CARE = "care_markers"


PERMISSIONS: "list[tuple[str, StrOrPromise]]" = [
    (Perm.VIEW, "See the team's cases"),
    (Perm.HANDLE, "Take and handle the team's cases"),
    (Perm.LEAD, "Assign, close and reopen the team's cases"),
    (Perm.TRIAGE, "Admit and route new complaints"),
    (Perm.REFUSE, "Refuse admission"),
    (Perm.VIEW_STATUS, "See the public status of every case"),
    (Perm.VIEW_AT_RISK, "See every case with money or access at risk"),
    (Perm.IMPOSE_INTERIM, "Impose and review interim measures"),
    (Perm.SIGN_LEAD, "Sign off decisions as team lead"),
    (Perm.SIGN_APPROVER, "Sign off decisions as approver"),
    (Perm.SIGN_LEGAL, "Sign off decisions for legal"),
    (Perm.SIGN_COMPLIANCE, "Sign off decisions for compliance"),
    (Perm.EXECUTE, "Carry out approved remedies"),
    (Perm.VIEW_REGISTER, "Read the whole register except barred cases"),
    (Perm.REVIEW_APPEALS, "Review appeals"),
    (Perm.HEAD, "Head the desk"),
    (Perm.CARE, "Set and read the care markers of customers"),
]

TEAM_NAMES = {
    "support": _("Support team"),
    "risk": _("Risk team"),
    "security": _("Security team"),
    "tech": _("Technology team"),
    "legal": _("Legal team"),
    "compliance": _("Compliance team"),
    "appeals": _("Appeals team"),
    "desk": _("Complaints desk"),
}

_MEMBER = frozenset({Perm.VIEW, Perm.HANDLE})
_LEAD = _MEMBER | {Perm.LEAD, Perm.SIGN_LEAD, Perm.CARE}

BY_ROLE: dict[str, frozenset[str]] = {
    Role.MEMBER: _MEMBER,
    Role.LEAD: _LEAD,
    Role.OFFICER: _MEMBER,
    Role.APPROVER: frozenset({Perm.SIGN_APPROVER}),
    Role.EXECUTOR: frozenset({Perm.EXECUTE}),
    Role.REVIEWER: frozenset(),
    Role.HEAD: frozenset({Perm.VIEW_REGISTER, Perm.HEAD, Perm.CARE}),
}
"""What a role allows in any team."""

_SUPPORT = frozenset({Perm.TRIAGE, Perm.VIEW_STATUS})
_SECURITY = frozenset({Perm.VIEW_AT_RISK, Perm.IMPOSE_INTERIM})

BY_TEAM: dict[tuple[str, str], frozenset[str]] = {
    ("support", Role.MEMBER): _SUPPORT,
    ("support", Role.LEAD): _SUPPORT | {Perm.REFUSE},
    ("security", Role.MEMBER): _SECURITY,
    ("security", Role.LEAD): _SECURITY,
    ("legal", Role.OFFICER): frozenset({Perm.SIGN_LEGAL}),
    ("compliance", Role.OFFICER): frozenset({Perm.SIGN_COMPLIANCE, Perm.REFUSE}),
    ("appeals", Role.MEMBER): frozenset({Perm.REVIEW_APPEALS}),
    ("appeals", Role.LEAD): frozenset({Perm.REVIEW_APPEALS}),
    ("appeals", Role.REVIEWER): frozenset({Perm.REVIEW_APPEALS}),
    ("desk", Role.REVIEWER): frozenset({Perm.VIEW_REGISTER}),
}
"""What a role allows in one team besides."""


def codenames(team_code: str, role: str) -> frozenset[str]:
    """The permissions that ``role`` in the team named ``team_code`` carries."""
    return BY_ROLE[role] | BY_TEAM.get((team_code, role), frozenset())
