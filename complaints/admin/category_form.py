"""The form of a topic: words by language, who signs, and its place on each list."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from complaints.models import Category
from complaints.states import SignOffRole
from teams.words_field import WordsField

LISTS = ("art8_topic", "fca_cause", "cfpb_product", "cfpb_issue")
"""Keys of ``Category.mappings`` that have a field here."""


def list_field(label: Any) -> forms.CharField:
    hint = _("Empty: as the topic above has it.")
    return forms.CharField(label=label, required=False, max_length=120, help_text=hint)


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    names = WordsField(label=pgettext_lazy("field", "Name"))
    sign_offs = forms.MultipleChoiceField(
        label=_("Must sign besides those of the amount"),
        choices=SignOffRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    art8_topic = list_field(_("Topic of the EU report (RTS Art 8)"))
    fca_cause = list_field(_("Cause on the FCA's list (DISP 1 Annex 1R)"))
    cfpb_product = list_field(_("Product on the CFPB's list"))
    cfpb_issue = list_field(_("Issue on the CFPB's list"))

    class Meta:
        model = Category
        fields = (
            *("code", "parent", "names", "team", "default_severity"),
            *("sign_offs", "position", "active"),
        )
        help_texts: ClassVar[Any] = {
            "code": _("Below another topic: its code, a dot, its own name."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mapped = self.instance.mappings if self.instance.pk else {}
        for name in LISTS:
            self.initial.setdefault(name, mapped.get(name, ""))

    def save(self, commit: bool = True) -> Category:
        """A list without an entry is not kept: the topic above counts then."""
        data = self.cleaned_data
        kept = {k: v for k, v in self.instance.mappings.items() if k not in LISTS}
        mapped = {name: data[name] for name in LISTS if data.get(name)}
        self.instance.mappings = {**kept, **mapped}
        saved: Category = super().save(commit)
        return saved
