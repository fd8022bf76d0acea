"""Rows that belong to a case are seen by whoever sees the case."""

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q

from complaints.permissions import Viewer, visible_to

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class OfCaseQuerySet(models.QuerySet[Row_co]):
    """Of a model with a ``complaint``."""

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the cases that ``viewer`` may read in full."""
        return self.of_cases(visible_to(viewer, viewer.at))

    def of_cases(self, which: Q) -> Self:
        """Those of the complaints that meet a condition."""
        cases: Any = self.model._meta.get_field("complaint").related_model
        return self.filter(complaint__in=cases._default_manager.filter(which))
