"""A choice whose label is a row."""

from django import forms
from django.template.loader import render_to_string

from complaints.portal.options import OptionLabel

LABEL = OptionLabel("Withdrawal <b>", "1,860.00 USDT", "Tron · completed")


class Form(forms.Form):
    which = forms.ChoiceField(choices=[("one", LABEL)], widget=forms.RadioSelect)


def test_option_label_reads_as_its_words() -> None:
    assert str(LABEL) == "Withdrawal <b>"


def test_option_row_shows_words_aside_and_note_escaped() -> None:
    html = render_to_string("partials/field.html", {"field": Form()["which"]})
    assert "<span>Withdrawal &lt;b&gt;</span>" in html
    assert '<span class="a">1,860.00 USDT</span>' in html
    assert '<span class="s">Tron · completed</span>' in html
