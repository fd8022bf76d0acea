"""Words of the configuration: those kept by language, and the names of fields."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Field, Model
from django.utils.translation import get_language, pgettext_lazy


def in_language(words: Any) -> str:
    """What ``{"en": …, "zh-hans": …}`` says in the reader's language, else in English;
    "" where it says nothing, or is anything else."""
    known = words if isinstance(words, dict) else {}
    return str(known.get(get_language() or "en") or known.get("en") or "")


def translate_field_names(models: Iterable[type[Model]]) -> None:
    """Django names a field after its attribute, in English; this sends those names
    through the translation, with the context "field".

    Names given in a model stay as they are, and migrations see none of it: they read
    only what a model gave.
    """
    for model in models:
        for field in model._meta.get_fields(include_hidden=False):
            if isinstance(field, Field) and getattr(field, "_verbose_name", "") is None:
                name = field.name.replace("_", " ")
                field.verbose_name = pgettext_lazy("field", name)
