"""What the pages of the configuration call the fields that no model gives a name."""

from collections.abc import Iterable

from django.db.models import Field, Model
from django.utils.translation import pgettext_lazy


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
