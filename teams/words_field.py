"""One input a language for what is kept as ``{"en": …, "zh-hans": …}``."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from teams.parts import LabelledParts

Words = dict[str, str]
"""Words by the code of their language; a language without words is not in it."""


class WordsWidget(LabelledParts):
    parts: ClassVar = dict(settings.LANGUAGES)

    def decompress(self, value: Words | None) -> list[str]:
        return [(value or {}).get(code, "") for code in self.parts]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        inputs = context["widget"]["subwidgets"]
        for one, code in zip(inputs, self.parts, strict=True):
            one["attrs"]["lang"] = code
        return context


class WordsField(forms.MultiValueField):
    """English is needed wherever there are words: it stands in for the others."""

    widget = WordsWidget
    default_error_messages = {"english": _("Write it in English too.")}

    def __init__(self, *, max_length: int = 120, **kwargs: Any) -> None:
        fields = [
            forms.CharField(max_length=max_length, required=False)
            for _language in settings.LANGUAGES
        ]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> Words:
        codes = [code for code, _name in settings.LANGUAGES]
        given = zip(codes, data_list, strict=False)
        words = {code: text for code, text in given if text}
        if words and "en" not in words:
            raise forms.ValidationError(self.error_messages["english"], "english")
        return words
