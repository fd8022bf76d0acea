"""How amounts, hashes, references and dates are written."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Engine
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from complaints.templatetags import look

MOMENT = datetime(2026, 11, 18, 8, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Decimal("1302.000000000000000000"), "1,302.00"),
        (Decimal("0.042"), "0.042"),
        (Decimal("1E+3"), "1,000.00"),
        (Decimal("0.000000000000000001"), "0.000000000000000001"),
        (Decimal("-12345678.5"), "-12,345,678.50"),
        ("0", "0.00"),
        (7, "7.00"),
        (None, ""),
        ("about 2 hundred", "about 2 hundred"),
        ("NaN", "NaN"),
    ],
)
def test_amount_keeps_every_place(value: Decimal | str | None, words: str) -> None:
    assert look.amount(value) == words


@given(st.decimals(allow_nan=False, allow_infinity=False, places=18))
def test_amount_says_the_number_it_was_given(value: Decimal) -> None:
    assert Decimal(look.amount(value).replace(",", "")) == value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("9f3c51e07ab24d8890c1f6e25a697c", "9f3c51…5a697c"),
        ("1234567890123", "1234567890123"),
        ("12345678901234", "123456…901234"),
        (None, ""),
    ],
)
def test_ends_shortens_only_what_gets_shorter(value: str | None, words: str) -> None:
    assert look.ends(value) == words


def test_spoken_reads_in_groups() -> None:
    assert look.spoken("RC-7K4M-93XD") == "R C, 7 K 4 M, 9 3 X D"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0\u00a0B"),
        (999, "999\u00a0B"),
        (412_000, "412\u00a0kB"),
        (999_499, "999\u00a0kB"),
        (999_500, "1.0\u00a0MB"),
        (1_800_000, "1.8\u00a0MB"),
        (None, ""),
    ],
)
def test_filesize_changes_unit_where_it_rounds_up(size: int | None, words: str) -> None:
    assert look.filesize_si(size) == words


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("day", "18 Nov"),
        ("short", "18 Nov 2026"),
        ("date", "18 November 2026"),
        ("moment", "18 November 2026, 08:42"),
        ("time", "08:42"),
        ("weekday", "Wednesday 18 November"),
    ],
)
def test_written_in_each_form(form: str, words: str) -> None:
    assert look.written(MOMENT, form) == words


@pytest.mark.parametrize("form", ["moment", "time", "date"])
def test_written_gives_a_plain_day_no_time(form: str) -> None:
    assert look.written(date(2026, 12, 1), form) == "1 December 2026"


def test_written_is_in_the_readers_zone_and_the_title_in_utc() -> None:
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        assert look.written(MOMENT) == "18 November 2026, 16:42"
    assert look.utc(MOMENT) == "2026-11-18 08:42 UTC"
    assert look.machine(MOMENT) == "2026-11-18T08:42:00+00:00"
    assert look.machine(MOMENT.replace(microsecond=7)) == "2026-11-18T08:42:00+00:00"
    assert look.utc(date(2026, 12, 1)) == ""


def test_written_day_says_the_year_only_when_it_is_another() -> None:
    today = timezone.localdate()
    assert str(today.year) not in look.written_day(today)
    assert look.written_day(date(2199, 1, 18)) == "18 Jan 2199"


@pytest.mark.parametrize(
    ("us", "widths"),
    [
        (70, ("69.6", "70.4", "29.6")),
        (0, ("0.0", "0.0", "100.0")),
        (Decimal(100), ("100.0", "100.0", "0.0")),
        (140, ("100.0", "100.0", "0.0")),
    ],
)
def test_share_widths_stay_inside_the_bar(
    us: int | Decimal, widths: tuple[str, str, str]
) -> None:
    assert look.share_widths(us) == widths


class Form(forms.Form):
    which = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    both = forms.SplitDateTimeField()
    text = forms.CharField(help_text="A hint")


def test_first_id_leads_to_a_control_that_exists() -> None:
    form = Form()
    ids = [look.first_id(form[name]) for name in form.fields]
    assert ids == ["id_which_0", "id_both_0", "id_text"]
    html = form.as_p()
    assert all(f'id="{each}"' in html for each in ids)


def test_control_is_described_by_hint_error_and_advice_in_that_order() -> None:
    with translation.override("en"):
        html = look.control(Form({})["text"], "id_text_advice", code=True)
    described = 'aria-describedby="id_text_helptext id_text_error id_text_advice"'
    assert described in html
    assert 'aria-invalid="true"' in html
    assert 'spellcheck="false"' in html


def test_labelled_names_a_control_in_a_table() -> None:
    assert 'aria-label="Text"' in look.labelled(Form()["text"])


def test_when_says_the_moment_to_people_and_to_machines() -> None:
    drawn = str(look.when(MOMENT, "date"))

    assert drawn == (
        f'<time datetime="{MOMENT.isoformat()}" title="2026-11-18 08:42 UTC">'
        f"{look.written(MOMENT, 'date')}</time>"
    )
    assert look.when(date(2026, 11, 18), "").startswith('<time datetime="2026-11-18">')
    assert look.when(None) == ""


def test_icon_is_silent_unless_it_has_words() -> None:
    silent, spoken = look.icon("tick"), look.icon("tick", 'all "well"')

    assert silent.startswith('<svg class="i" focusable="false" aria-hidden="true">')
    assert silent.endswith('#tick"/></svg>')
    assert 'role="img" aria-label="all &quot;well&quot;"' in spoken
    assert "aria-hidden" not in spoken


@pytest.mark.parametrize(
    "attrs",
    [
        {},
        {"id": "id_a", "maxlength": 4000, "required": True, "disabled": False},
        {"title": 'a "b" <c> & d', "data-x": SafeString("<kept>"), "step": None},
        {'on"x': "1", "rows": 1234567, "words": gettext_lazy("Open")},
    ],
)
def test_attributes_are_those_of_djangos_own_template(attrs: dict[str, Any]) -> None:
    own = Engine(dirs=[Path(forms.__file__).parent / "templates"])
    template = own.get_template("django/forms/widgets/attrs.html")
    context = Context({"widget": {"attrs": attrs}})
    assert look.attributes(attrs) == template.render(context)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("Withdrawal of 1,860.00 USDT that I did not make", "1,860.00\u00a0USDT"),
        ("From a new device on 17 November at 23:09?", "17\u00a0November"),
        ("提现 0.42 BTC 三天未到账", "0.42\u00a0BTC"),
    ],
)
def test_amount_and_asset_day_and_month_do_not_part(words: str, kept: str) -> None:
    assert kept in look.unparted(words)
    assert look.unparted(words).replace("\u00a0", " ") == words


@pytest.mark.parametrize("words", ["", "Eleven days", "5 messages and 2 answers"])
def test_other_words_part_as_ever(words: str) -> None:
    assert look.unparted(words) == words
