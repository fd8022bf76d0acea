"""A label is found without the others being translated."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import Model
from django.utils import translation

from complaints.models import Complaint, Evidence, Letter, Message
from complaints.models.labels import Labelled

FIELDS = [
    (Complaint, "state"),
    (Complaint, "channel"),
    (Evidence, "records"),
    (Letter, "kind"),
    (Message, "direction"),
]


class Untranslated:
    def __str__(self) -> str:
        raise AssertionError("This label was not asked for.")


def test_other_labels_are_left_alone() -> None:
    field: Any = SimpleNamespace(
        attname="kind", flatchoices=[("a", "The one"), ("b", Untranslated())]
    )
    row = Labelled()
    row.kind = "a"  # type: ignore[attr-defined]

    assert row._get_FIELD_display(field) == "The one"


@pytest.mark.parametrize(("model", "name"), FIELDS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_label_is_what_django_would_say(
    model: type[Model], name: str, language: str
) -> None:
    field: Any = model._meta.get_field(name)
    with translation.override(language):
        for value in [*(value for value, _label in field.flatchoices), "unknown", ""]:
            row: Any = model(**{name: value} if name != "state" else {})
            row.__dict__[name] = value
            said = getattr(row, f"get_{name}_display")()
            assert said == Model._get_FIELD_display(row, field)  # type: ignore[attr-defined]
