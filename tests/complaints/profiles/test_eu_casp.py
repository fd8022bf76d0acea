"""The EU profile against RTS 2025/294 and the calendar of the euro system."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from complaints.clocks import Limit, due_at, is_business_day, last_day
from complaints.profiles.base import DECISION_PARTS, RECEIPT_PARTS
from complaints.profiles.eu_casp import EEA, TARGET
from complaints.profiles.eu_casp import EU_CASP_2026_1 as EU
from complaints.profiles.parts import CHECKABLE
from complaints.states import LetterKind


def test_decision_is_due_two_calendar_months_from_receipt():
    received = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)  # 23:59:59 in Berlin

    due = due_at(received, EU.decision, EU.calendar, EU.timezone)

    assert EU.decision == Limit(2, "calendar_months")
    assert last_day(due, EU.timezone) == date(2027, 2, 28)
    assert due == datetime(2027, 2, 28, 23, 0, tzinfo=UTC)


def test_profile_is_in_force_for_the_whole_area():
    assert EU.enabled
    assert EU.key == "eu-casp@2026.1"
    assert len(EEA) == 30
    assert EU.countries == EEA
    assert "GB" not in EEA


def test_appeal_window_and_ruling_are_sixty_and_thirty_days():
    assert EU.appeal_window == Limit(60, "calendar_days")
    assert EU.appeal_decision == Limit(30, "calendar_days")


def test_letters_hold_what_the_law_asks():
    assert EU.letters[LetterKind.RECEIPT].parts == RECEIPT_PARTS
    assert EU.letters[LetterKind.DECISION].parts == DECISION_PARTS
    assert "complete" in EU.letters[LetterKind.INADMISSIBLE].parts


def test_languages_are_the_official_ones_and_ours():
    assert len(EU.languages) == len(set(EU.languages)) == 25
    assert {"en", "de", "fr", "zh-hans"} < set(EU.languages)


def test_routes_name_an_outside_body_of_each_kind_that_exists():
    kinds = [route.kind for route in EU.routes_for("")]

    assert kinds == ["adr", "authority", "court", "arbitration"]
    assert all(r.url.startswith("https://") for r in EU.outside_routes if r.url)


def test_residents_of_some_countries_are_sent_to_their_own_body(settings):
    settings.CHECKED_ROUTES = ["fr-amf-mediator", "ie-fspo", "mt-arbiter"]
    first = {country: EU.routes_for(country)[0].code for country in ("FR", "IE", "MT")}

    assert first == {"FR": "fr-amf-mediator", "IE": "ie-fspo", "MT": "mt-arbiter"}
    assert [route.code for route in EU.routes_for("MT")[1:]] == [
        "eu-authority",
        "eu-court",
        "arbitration",
    ]


def test_body_whose_source_nobody_saw_is_shown_to_nobody():
    assert [route.code for route in EU.routes_for("FR")] == [
        "eu-adr",
        "eu-authority",
        "eu-court",
        "arbitration",
    ]


@pytest.mark.parametrize(
    ("code", "open_facts"),
    [
        (
            "fr-amf-mediator",
            {"name", "address", "url", "time_limit", "language", "conditions", "fee"},
        ),
        ("ie-fspo", {"name", "url", "time_limit", "conditions", "fee"}),
        ("mt-arbiter", {"name", "url", "language", "conditions"}),
    ],
)
def test_body_of_one_country_waits_for_what_its_source_does_not_say(code, open_facts):
    """Whether it takes cases against us depends on our licence: that always waits."""
    route = next(one for one in EU.outside_routes if one.code == code)

    assert CHECKABLE - route.waits == open_facts
    assert frozenset().union(*(one.facts for one in route.seen)) == open_facts
    assert {one.on for one in route.seen} == {date(2026, 11, 29)}
    assert route.hidden
    assert route.shown() is None


def test_maltese_arbiter_takes_no_case_against_a_house_licensed_elsewhere():
    route = next(one for one in EU.outside_routes if one.code == "mt-arbiter")

    assert "licensed by the Malta Financial Services Authority" in str(route.conditions)
    assert "15 working days" in str(route.conditions)


def test_ways_that_law_opens_everywhere_are_shown_whole():
    adr, authority, court, _arbitration = EU.routes_for("")

    assert "at least one year from your complaint" in str(adr.time_limit)
    assert str(authority.time_limit) == "None; you can go there at any time"
    assert court.url == "https://e-justice.europa.eu/"
    assert "place of residence" in str(court.name)


def test_what_waits_for_its_check_is_left_out(settings):
    court = replace(EU.routes_for("")[2], to_check=CHECKABLE - {"name", "cover"})

    shown = court.shown()

    left = (shown.url, shown.language, shown.conditions, shown.fee)
    assert (left, str(shown.time_limit)[:16]) == (("",) * 4, "There may be one")
    assert "department tells you" in str(shown.address)
    settings.CHECKED_ROUTES = ["eu-court"]
    assert court.shown() == court


def test_every_way_out_says_when_it_is_open_what_it_costs_and_in_which_language():
    for route in EU.outside_routes:
        said = (route.conditions, route.fee, route.language, route.time_limit)
        assert all(said)


def test_retention_is_five_years_and_on_order_seven():
    assert (EU.retention.years, EU.retention.most_years) == (5, 7)


def _easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian rule, as a second opinion."""
    a, b, c = year % 19, *divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (a + 11 * h) // 319
    r = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + r + 90) // 25
    return date(year, month, (h - m + r + month + 19) % 32)


@pytest.mark.parametrize("year", range(2025, 2032))
def test_calendar_closes_on_the_six_days_of_the_euro_system(year):
    easter = _easter(year)
    closed = {day for day in TARGET.holidays if day.year == year}

    assert closed == {
        date(year, 1, 1),
        easter - timedelta(days=2),
        easter + timedelta(days=1),
        date(year, 5, 1),
        date(year, 12, 25),
        date(year, 12, 26),
    }


def test_calendar_opens_on_an_ordinary_monday():
    assert is_business_day(date(2026, 11, 23), TARGET)
    assert not is_business_day(date(2026, 11, 22), TARGET)
