"""What every object with a workflow shares."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models

from complaints.models.labels import Labelled


class Stateful(Labelled, models.Model):
    """An object whose ``state`` moves only through ``workflow.perform``.

    ``version`` counts its transitions; database triggers refuse a change of state
    or version that has no matching event. Rows are born in ``INITIAL`` at version 0.
    """

    OBJECT_TYPE: ClassVar[str]
    """What the events call it; also names the table in the triggers."""

    INITIAL: ClassVar[str]

    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def stream(self) -> str:
        """The ledger stream in which the events of this object stand."""
        return f"complaint:{self.case.pk}"

    @property
    def case(self) -> Any:
        """The complaint this belongs to: itself, or its ``complaint``."""
        return getattr(self, "complaint", self)

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        """Read the row again.

        A protected django-fsm field refuses to be set twice, and its own way round
        that (lifting the protection of the whole class) is not thread-safe, so the
        value is taken out of this instance first and put back if the read fails.
        """
        names = list(fields) if fields is not None else self._loaded_columns()
        kept = self.__dict__.get("state")
        if "state" in names:
            self.__dict__.pop("state", None)
        try:
            super().refresh_from_db(using, names, from_queryset)
        finally:
            if kept is not None:
                self.__dict__.setdefault("state", kept)
        if fields is None:
            getattr(self, "_prefetched_objects_cache", {}).clear()

    def _loaded_columns(self) -> list[str]:
        deferred = self.get_deferred_fields()
        columns = (field.attname for field in self._meta.concrete_fields)
        return [name for name in columns if name not in deferred]
