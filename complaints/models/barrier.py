"""Information barriers: who is inside, and what only they ever meet."""

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from complaints.states import AccessKind, Barrier

if TYPE_CHECKING:
    from complaints.permissions import Viewer

PASSES = (AccessKind.BARRIER, AccessKind.SEAL)
"""The kinds of ``CaseAccess`` that let somebody through a barrier."""


class InformationBarrierQuerySet(models.QuerySet["InformationBarrier"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those the viewer is inside of; nobody else learns that they exist."""
        if viewer.is_system:
            return self
        passes: Any = self.model._meta.get_field("passes").related_model
        mine = passes.every.filter(
            Q(until__isnull=True) | Q(until__gt=viewer.at),
            behind=OuterRef("pk"),
            user_id=viewer.user.pk,
            revoked_at__isnull=True,
        )
        return self.filter(Exists(mine))


class InformationBarrier(models.Model):
    """A barrier around a whole case, or around what is kept behind it.

    ``whole`` hides the case itself from everybody outside (``Complaint.barrier`` says
    so to every reader of rows). Otherwise the case goes on as it was and only the
    notes and files ``behind`` it are hidden; a suspicion report is never anything
    else, because a case that vanishes tells of it. Its events stand in a stream of
    their own, which no page of the case reads.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=[c for c in Barrier.choices if c[0]])
    whole = models.BooleanField(default=False)
    reason = models.TextField(blank=True, default="")
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    raised_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(InformationBarrierQuerySet)()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        verbose_name = _("information barrier")
        verbose_name_plural = _("information barriers")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "kind", "whole"], name="barrier_once"
            ),
            models.UniqueConstraint(
                fields=["complaint"],
                condition=Q(whole=True, lifted_at__isnull=True),
                name="barrier_whole_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind=Barrier.SUSPICION, whole=True),
                name="barrier_suspicion_hides_itself_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.complaint_id}"

    @property
    def stream(self) -> str:
        """The ledger stream of what happens behind it."""
        return f"barrier:{self.pk}"

    @property
    def pass_kind(self) -> str:
        return AccessKind.BARRIER if self.whole else AccessKind.SEAL


Row = TypeVar("Row", bound=models.Model)


class OpenManager(models.Manager[Row]):
    """Rows that stand behind no barrier: what every reader meets by default."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(behind__isnull=True)


class EveryManager(models.Manager[Row]):
    """All rows, those behind a barrier too; for services of barriers alone."""
