"""The reasoned decision: findings by point, shares of responsibility, sign-offs."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints import profiles
from complaints.models.cause import RootCause
from complaints.permissions import Viewer
from complaints.states import (
    DecisionStatus,
    Finding,
    Outcome,
    RemedyState,
    Responsibility,
    SignOffRole,
)
from complaints.together import rows_of
from teams.roles import Perm


class Decision(models.Model):
    """One version of a decision. A returned one is replaced by the next number.

    ``content_hash`` is what was proposed; a sign-off stands only while it equals
    the hash of what the rows say now, so any edit voids them all.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="decisions"
    )
    number = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=10, choices=DecisionStatus.choices, default=DecisionStatus.DRAFT
    )
    on_appeal = models.BooleanField(default=False)
    outcome = models.CharField(max_length=16, choices=Outcome.choices, blank=True)
    summary = models.TextField(_("outcome in one sentence"), blank=True, default="")
    reasons = models.TextField(blank=True, default="")
    what_changes = models.TextField(blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    precedents = models.ManyToManyField("self", symmetrical=False, blank=True)
    precedents_seen = models.BooleanField(default=False)
    departs = models.BooleanField(default=False)
    departure_reason = models.TextField(blank=True, default="")
    cause = models.CharField(max_length=24, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proposals",
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "number"], name="decision_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint} D{self.number}"

    @property
    def value(self) -> Decimal:
        """What its payments are worth in the reporting currency."""
        values = (remedy.reporting_value for remedy in self.live_remedies())
        worth = (value for value in values if value is not None)
        return sum(worth, Decimal(0)).quantize(Decimal("0.01"))

    @property
    def cause_label(self) -> str:
        """The provisional root cause in the reader's language; one query, unless a page
        has read the row (``cause_row``) with the case."""
        row = self.__dict__.get("cause_row")
        if row is None and self.cause:
            row = RootCause.objects.filter(code=self.cause).first()
        return row.label if row else self.cause

    def live_remedies(self) -> list[Any]:
        """Its remedies without those that were taken out of the draft, in order."""
        rows = self.remedies.all()
        return [row for row in rows if row.state != RemedyState.CANCELLED]

    def current_hash(self) -> str:
        """SHA-256 over everything a signer puts their name to."""
        canonical = json.dumps(self._content(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def _content(self) -> dict[str, Any]:
        own = (
            "outcome",
            "summary",
            "reasons",
            "what_changes",
            "departs",
            "departure_reason",
            "cause",
        )
        return {
            **{name: getattr(self, name) for name in own},
            "findings": [
                [f.point_id, f.outcome, f.reasons, f.rule, sorted(f.evidence_ids())]
                for f in rows_of(self.findings, "evidence")
            ],
            "shares": [[s.bearer, s.percent] for s in self.shares.all()],
            "remedies": [remedy.content() for remedy in self.live_remedies()],
        }

    # Sign-offs -------------------------------------------------------------------

    def required_capacities(self) -> list[SignOffRole]:
        """Which sign-offs amount band and category ask for, in a fixed order; a band
        that wants two people in one capacity names it twice."""
        profile = profiles.by_key(self.complaint.profile_key)
        needed = Counter(profile.capacities_for(self.value))
        if self.complaint.category is not None:
            needed |= Counter(set(map(SignOffRole, self.complaint.category.sign_offs)))
        return _in_order(needed)

    def lacking(self, given: Iterable[str]) -> list[SignOffRole]:
        """Those of them that are still to come beside the ``given`` ones."""
        needed = Counter(self.required_capacities())
        return _in_order(needed - Counter(map(SignOffRole, given)))

    def standing(self) -> list["SignOff"]:
        """Sign-offs on exactly what the rows say now, in the order they were given."""
        rows = list(self.sign_offs.all())
        present = self.current_hash() if rows else ""
        return [row for row in rows if row.content_hash == present]

    def is_signed_by(self, user_id: int) -> bool:
        return any(row.signer_id == user_id for row in self.standing())

    def missing_capacities(self) -> list[SignOffRole]:
        return self.lacking(row.capacity for row in self.standing())

    def capacity_for(self, viewer: Viewer) -> SignOffRole | None:
        """The open capacity in which ``viewer`` may sign, the widest first."""
        open_roles = reversed(self.missing_capacities())
        return next((r for r in open_roles if self.may_sign_as(r, viewer)), None)

    def may_sign_as(self, role: SignOffRole, viewer: Viewer) -> bool:
        """Whether this sign-off is one that ``viewer`` gives, by right and amount."""
        if role == SignOffRole.LEAD:
            return self._led_by(viewer)
        return viewer.holds(role.codename) and self._in_band(viewer)

    def _led_by(self, viewer: Viewer) -> bool:
        """Led by the team of the case; on appeal by the lead of those who hear it."""
        leading = viewer.grants.get(Perm.SIGN_LEAD, frozenset())
        if self.on_appeal:
            return bool(leading & viewer.grants.get(Perm.REVIEW_APPEALS, frozenset()))
        return self.complaint.team_id in leading

    def _in_band(self, viewer: Viewer) -> bool:
        """No approval limit of theirs lies under the value of this decision."""
        roles = (row for row in viewer.user.memberships.all() if row.is_live(viewer.at))
        limits = (row.approval_limit for row in roles)
        return all(limit is None or limit >= self.value for limit in limits)


def _in_order(roles: Counter[SignOffRole]) -> list[SignOffRole]:
    return [role for role in SignOffRole for _time in range(roles[role])]


class PointFinding(models.Model):
    """What was found on one point, why, by which rule, on which evidence."""

    decision = models.ForeignKey(
        Decision, on_delete=models.CASCADE, related_name="findings"
    )
    point = models.ForeignKey(
        "complaints.Point", on_delete=models.PROTECT, related_name="findings"
    )
    outcome = models.CharField(max_length=14, choices=Finding.choices)
    reasons = models.TextField()
    rule = models.CharField(
        _("rule and version it rests on"), max_length=300, blank=True, default=""
    )
    evidence = models.ManyToManyField("complaints.Evidence", blank=True)
    no_evidence = models.BooleanField(_("there is no evidence"), default=False)

    class Meta:
        ordering = ["point__number"]
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "point"], name="finding_once_a_point"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point_id}: {self.outcome}"

    def evidence_ids(self) -> list[int]:
        return [evidence.pk for evidence in self.evidence.all()]


class ResponsibilityShare(models.Model):
    """How much of the responsibility somebody bears, in whole per cent."""

    decision = models.ForeignKey(
        Decision, on_delete=models.CASCADE, related_name="shares"
    )
    bearer = models.CharField(max_length=12, choices=Responsibility.choices)
    percent = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["bearer"]
        verbose_name = _("share of responsibility")
        verbose_name_plural = _("shares of responsibility")
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "bearer"], name="share_once_a_bearer"
            ),
            models.CheckConstraint(
                condition=models.Q(percent__lte=100), name="share_at_most_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bearer} {self.percent} %"


class SignOff(models.Model):
    """One person's name under one version of a decision.

    ``proposer`` repeats the decision's proposer so that the database itself can
    refuse a signature under one's own proposal. ``place`` is 1 for the first in a
    capacity and 2 for a second person in the same one.
    """

    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="sign_offs"
    )
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sign_offs"
    )
    proposer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    capacity = models.CharField(max_length=10, choices=SignOffRole.choices)
    place = models.PositiveSmallIntegerField(default=1)
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "signer", "content_hash"], name="sign_off_once"
            ),
            models.UniqueConstraint(
                fields=["decision", "capacity", "place", "content_hash"],
                name="sign_off_once_a_place",
            ),
            models.CheckConstraint(
                condition=~models.Q(signer=models.F("proposer")),
                name="sign_off_not_by_proposer",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.signer} ({self.capacity})"
