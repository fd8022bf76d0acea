"""A field whose parts each have a label of their own: a language, a day."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms


class LabelledParts(forms.MultiWidget):
    """``parts`` maps what a part is called in the form's data to its label."""

    template_name = "admin/widgets/parts.html"
    parts: ClassVar[Mapping[str, Any]]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        inputs: dict[str, forms.Widget | type[forms.Widget]] = {
            name: forms.TextInput() for name in self.parts
        }
        super().__init__(inputs, attrs)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        inputs = context["widget"]["subwidgets"]
        for one, label in zip(inputs, self.parts.values(), strict=True):
            one["label"] = label
        return context
