"""Words by language: one input each, English wherever there are any."""

from django import forms

from teams.words_field import WordsField


class Form(forms.Form):
    names = WordsField()
    about = WordsField(required=False)


def test_words_come_by_language() -> None:
    form = Form({"names_en": "Fees", "names_zh-hans": "费用"})
    assert form.is_valid()
    assert form.cleaned_data == {
        "names": {"en": "Fees", "zh-hans": "费用"},
        "about": {},
    }


def test_english_is_needed() -> None:
    form = Form({"names_en": "", "names_zh-hans": "费用"})
    assert form.errors["names"] == ["Write it in English too."]
    assert 'value="费用"' in str(form["names"])


def test_inputs_say_their_language() -> None:
    page = str(Form(initial={"names": {"en": "Fees"}})["names"])
    assert 'lang="zh-hans"' in page
    assert 'value="Fees"' in page
