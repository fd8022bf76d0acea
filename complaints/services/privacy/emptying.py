"""Emptying rows and deleting files, place by place; inside a transaction.

Files go once the rows are gone for good: a crash between leaves a file that nothing
leads to, never a row whose file is missing without its row saying so.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.apps import apps
from django.db import models, transaction

from complaints.services.privacy.places import Place


def empty(places: Iterable[Place], keys: Collection[int]) -> int:
    """Empty them for these primary keys; how many rows were touched."""
    return sum(_empty(place, keys) for place in places)


def _empty(place: Place, keys: Collection[int]) -> int:
    # The base manager: others leave out what stands behind a barrier.
    model = apps.get_model(place.model)
    rows = model._base_manager.filter(**{f"{place.path}__in": keys})
    for column in place.files:
        _forget(model, column, rows)
    if place.gone:
        deleted: int = rows.delete()[0]
        return deleted
    columns = (*place.columns, *place.files)
    values = {name: nothing(model, name) for name in columns}
    touched: int = rows.update(**values)
    return touched


def nothing(model: type[models.Model], name: str) -> Any:
    """What an empty column of that kind holds."""
    column: Any = model._meta.get_field(name)
    if isinstance(column, models.JSONField):
        return column.get_default() if column.has_default() else {}
    return b"" if isinstance(column, models.BinaryField) else ""


def _forget(
    model: type[models.Model], column: str, rows: "models.QuerySet[Any]"
) -> None:
    file: Any = model._meta.get_field(column)
    names = [name for name in rows.values_list(column, flat=True) if name]

    def delete() -> None:
        for name in names:
            file.storage.delete(name)

    transaction.on_commit(delete)
