"""What the parts say and do not say."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from complaints.models.evidence import OPEN_SCANS
from complaints.portal import dev
from complaints.states import Finding, PublicLabel, ScanState, Severity


def draw(part: str, /, **context: Any) -> str:
    return render_to_string(f"partials/{part}.html", context)


@pytest.mark.parametrize("label", list(PublicLabel))
def test_status_tag_says_every_public_label(label: PublicLabel) -> None:
    html = draw("status_tag", status=label.value)
    assert str(label.label) in html
    assert 'aria-hidden="true"' in html


def test_status_tag_is_solid_only_when_the_reader_must_act() -> None:
    solid = [s for s in PublicLabel.values if "tag you" in draw("status_tag", status=s)]
    assert solid == [PublicLabel.WAITING]


@pytest.mark.parametrize("level", list(Severity))
def test_severity_fills_one_bar_a_level(level: Severity) -> None:
    html = draw("severity", level=level.value)
    assert html.count('"on"') == Severity.values.index(level) + 1
    assert str(level.label) in html


@pytest.mark.parametrize("finding", list(Finding))
def test_finding_has_an_icon_and_words(finding: Finding) -> None:
    html = draw("finding", finding=finding.value)
    assert "<svg" in html
    assert len(html.rsplit("</svg>", 1)[1].strip()) > len("</p>")


@pytest.mark.parametrize(
    ("state", "linked"),
    [(state, state in OPEN_SCANS) for state in ScanState],
)
def test_evidence_is_a_link_unless_it_is_held(state: str, linked: bool) -> None:
    html = draw("evidence_tile", name="a.pdf", url="/e/1", state=state)
    assert ('href="/e/1"' in html) is linked


def test_timeline_marks_kinds_and_reads_the_future_as_by() -> None:
    entries = [
        {"kind": "future", "at": date(2199, 1, 18), "text": "Decision"},
        {"kind": "person", "at": datetime(2026, 11, 24, 16, 20, tzinfo=UTC)},
        {"kind": "internal", "at": date(2026, 11, 22), "who": "Risk", "text": "noted"},
        {"kind": "system", "at": date(2026, 11, 18), "text": "Received"},
    ]
    with translation.override("en"):
        html = draw("timeline", entries=entries)
    assert [c in html for c in ("ev next", "ev note-ev", "ev minor")] == [True] * 3
    assert "by 18 Jan 2199" in html
    assert ">24 Nov</time>" in html
    assert ">16:20</time>" in html


def test_bubble_keeps_the_language_and_escapes_the_words() -> None:
    html = draw("bubble", body="<script>x</script>", direction="in", lang="zh-hans")
    assert 'class="bubble mine" lang="zh-hans"' in html
    assert "<script>" not in html


def test_reference_is_read_in_groups_and_copied_whole() -> None:
    html = draw("reference", reference="RC-7K4M-93XD", copy=True)
    assert "R C, 7 K 4 M, 9 3 X D" in html
    assert 'data-copy="RC-7K4M-93XD"' in html
    assert " hidden>" in html  # shown by the script that can copy


def test_accept_and_appeal_weigh_the_same() -> None:
    html = draw("accept_or_appeal", accept_url="/a", appeal_url="/b")
    assert html.count('class="btn"') == 2
    assert "btn main" not in html


def test_approval_refused_keeps_the_reason_beside_the_button() -> None:
    html = draw("approval", title="Refund", refused="You proposed this.", rows=[])
    assert 'aria-disabled="true" aria-describedby="why-not"' in html
    assert 'id="why-not"' in html
    assert "You proposed this." in html


class Form(forms.Form):
    first = forms.CharField(error_messages={"required": "Write the first"})
    second = forms.ChoiceField(
        choices=[("a", "A")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the second"},
    )

    def clean(self) -> None:
        raise forms.ValidationError("Both together are wrong")


def test_error_summary_links_in_field_order_after_what_concerns_all() -> None:
    html = draw("error_summary", form=Form({}))
    places = [
        html.index(words)
        for words in (
            "Both together are wrong",
            '<a href="#id_first">Write the first</a>',
            '<a href="#id_second_0">Choose the second</a>',
        )
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("form", [Form(), None])
def test_error_summary_is_silent_without_errors(form: Form | None) -> None:
    assert draw("error_summary", form=form).strip() == ""


def test_field_repeats_the_words_of_the_summary_beside_the_control() -> None:
    html = draw("field", field=Form({})["first"])
    assert 'id="id_first_error"' in html
    assert "<span>Write the first</span>" in html


def test_field_marks_what_may_be_left_out_in_words() -> None:
    optional = forms.Form()
    optional.fields["x"] = forms.CharField(required=False)
    with translation.override("en"):
        assert "(optional)" in draw("field", field=optional["x"])
        assert "(optional)" not in draw("field", field=optional["x"], unmarked=True)


def test_field_group_of_django_draws_the_same() -> None:
    field = Form()["first"]
    assert field.as_field_group().strip() == draw("field", field=field).strip()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_page_of_examples_draws_in_both_languages(
    rf: RequestFactory, language: str
) -> None:
    with translation.override(language):
        html = dev.components(rf.get("/dev/components/")).content.decode()
    assert f'<html lang="{language}"' in html
    assert html.count("<h1") == 2  # the page's, and the question's in the error form
    assert "<title>" in html


def test_language_switch_comes_back_to_where_it_was(rf: RequestFactory) -> None:
    request = rf.get("/track/?r=RC-7K4M-93XD&x=1")
    with translation.override("en"):
        html = draw("language_switch", request=request)
    assert 'name="next" value="/track/?r=RC-7K4M-93XD&amp;x=1"' in html
    assert 'value="zh-hans" lang="zh-hans"' in html
    assert 'value="en"' not in html


def test_summary_names_the_field_of_a_bare_required() -> None:
    class Bare(forms.Form):
        login = forms.CharField(label="User name")
        mail = forms.CharField(error_messages={"required": "Enter your mail"})

    page = draw("error_summary", form=Bare({}))

    assert ">User name: This field is required.</a>" in page
    assert ">Enter your mail</a>" in page


def test_chinese_puts_nothing_between_two_sentences() -> None:
    for language, said in (("en", "a. b."), ("zh-hans", "a。b.")):
        with translation.override(language):
            text = Template("{% load look %}a{% stop %}{% gap %}b.").render(Context())
        assert text == said
