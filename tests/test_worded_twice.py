"""A question that looks at its values is found before it is kept."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from complaints.models import Event, Message
from complaints.together import Shape
from complaints.worded import Worded

pytestmark = pytest.mark.django_db


def _a_day_before(at: Any) -> QuerySet[Any]:
    return Event.objects.filter(at__gte=at - timedelta(days=1))


def _that_holds(words: str) -> QuerySet[Any]:
    return Event.objects.filter(what__contains=words)


def _on_the_day(at: Any) -> QuerySet[Any]:
    return Message.objects.filter(raw__received_at__date=at.date())


def _of_the_project(build: Callable[..., Any]) -> Callable[..., Any]:
    def called(**values: Any) -> Any:
        return build(**values)

    called.__module__ = "complaints.somewhere"
    return called


def _of_a_large_key(key: int) -> QuerySet[Any]:
    rows = Event.objects.filter(pk=key)
    return rows if key < -(2 * 10**9) else rows.exclude(what="x")


@pytest.mark.parametrize(
    ("build", "values"),
    [
        (_a_day_before, {"at": timezone.now()}),
        (_that_holds, {"words": "open"}),
        (_on_the_day, {"at": timezone.now()}),
        (_of_a_large_key, {"key": 1}),
    ],
)
def test_build_that_looks_at_its_values_is_found(
    build: Callable[..., Any], values: dict[str, Any]
) -> None:
    with pytest.raises(AssertionError, match="looks at its values"):
        Worded(_of_the_project(build)).rows(**values)
    with pytest.raises(AssertionError, match="looks at its values"):
        Shape(_of_the_project(lambda **given: [build(**given)])).parts(**values)


def test_build_that_compares_alone_passes() -> None:
    def build(at: Any, what: str, key: int) -> QuerySet[Any]:
        return Event.objects.filter(at__gt=at, what=what, pk__lt=key)

    values = {"at": timezone.now(), "what": "x", "key": 3}
    assert Worded(_of_the_project(build)).rows(**values) == []
    shape = Shape(_of_the_project(lambda **given: [build(**given)]))
    assert shape.read(**values) == [[]]
