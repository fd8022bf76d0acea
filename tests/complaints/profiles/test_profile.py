"""A profile answers what governs a case, and one that breaks the law cannot exist."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from complaints.clocks import Limit
from complaints.profiles import (
    Band,
    Contact,
    Ground,
    Letter,
    ProfileError,
    Retention,
    Route,
    Rung,
    Seen,
    Statutory,
)
from complaints.profiles.checks import check_routes
from complaints.profiles.eu_casp import EU_CASP_2026_1 as EU
from complaints.profiles.uk_disp import UK_DISP_2026_1 as UK
from complaints.states import DATED_STEPS, LetterKind, SignOffRole, Step

LEAD, APPROVER = SignOffRole.LEAD, SignOffRole.APPROVER
LEGAL, COMPLIANCE = SignOffRole.LEGAL, SignOffRole.COMPLIANCE


@pytest.mark.parametrize(
    ("value", "capacities"),
    [
        ("0", (LEAD,)),
        ("500", (LEAD,)),
        ("500.01", (APPROVER,)),
        ("5000", (APPROVER,)),
        ("5000.000000000000000001", (APPROVER, LEGAL)),
        ("50000", (APPROVER, LEGAL)),
        ("50000.01", (APPROVER, LEGAL, COMPLIANCE)),
        ("1E+18", (APPROVER, LEGAL, COMPLIANCE)),
    ],
)
def test_capacities_for_a_value_at_the_edge_of_its_band(value, capacities):
    assert EU.capacities_for(Decimal(value)) == capacities


@pytest.mark.parametrize("value", ["-0.01", "NaN", "-Infinity"])
def test_capacities_for_no_real_value_are_refused(value):
    with pytest.raises(ProfileError):
        EU.capacities_for(Decimal(value))


@pytest.mark.parametrize(
    ("level", "recipients"),
    [
        (0, ()),
        (50, ("handler",)),
        (80, ("handler", "lead")),
        (100, ("handler", "lead", "head")),
        (101, ("handler", "lead", "head")),
        (140, ("handler", "lead", "head")),
    ],
)
def test_recipients_climb_the_ladder(level, recipients):
    assert EU.recipients(level) == recipients


@pytest.mark.parametrize("profile", [EU, UK], ids=lambda profile: profile.key)
@pytest.mark.parametrize("step", sorted(set(Step) - DATED_STEPS))
def test_limit_exists_for_every_step_that_nobody_dates(profile, step):
    assert profile.limit(str(step)).amount >= 1


def test_limit_of_an_unknown_step_is_refused():
    with pytest.raises(ProfileError, match="levitate"):
        EU.limit("levitate")


def test_time_frames_are_the_limits_the_clocks_use():
    frames = dict(EU.time_frames())

    assert frames == {step: EU.limit(step) for step in frames}
    assert {Step.ACKNOWLEDGE, Step.FIRST_ANSWER, Step.INVESTIGATE} < set(frames)
    assert frames[Step.STATUTORY_DECISION] == Limit(2, "calendar_months")


def _steps(**changes):
    return {**EU.steps, **{Step(step): limit for step, limit in changes.items()}}


def _letters(kind, *parts):
    return {**EU.letters, kind: Letter("2026.1", parts)}


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        # An own limit that outlasts the law, on at least one day of the year.
        ({"steps": _steps(decide=Limit(3, "calendar_months"))}, "decide may outlast"),
        ({"steps": _steps(decide=Limit(60, "calendar_days"))}, "decide may outlast"),
        ({"steps": _steps(admit=Limit(45, "business_days"))}, "admit may outlast"),
        ({"steps": _steps(admit=Limit(1500, "hours"))}, "admit may outlast"),
        (
            {"variants": {"payment": Statutory(Limit(10, "business_days"))}},
            "investigate may outlast",
        ),
        (
            {
                "variants": {
                    "payment": Statutory(
                        Limit(15, "business_days"), holding=Limit(16, "business_days")
                    )
                }
            },
            "holding may outlast",
        ),
        # Something missing.
        (
            {"steps": {k: v for k, v in EU.steps.items() if k != Step.DECIDE}},
            "decide",
        ),
        (
            {"letters": {k: v for k, v in EU.letters.items() if k != LetterKind.DELAY}},
            "delay",
        ),
        ({"ladder": EU.ladder[1:]}, "percent"),
        ({"ladder": EU.ladder[::-1]}, "percent"),
        ({"outside_routes": ()}, "outside_routes"),
        ({"languages": ()}, "languages"),
        ({"grounds": ()}, "grounds"),
        # Letters without what the law asks of them.
        (
            {"letters": _letters(LetterKind.RECEIPT, "contact", "received_on", "copy")},
            "time_frames",
        ),
        ({"letters": _letters(LetterKind.DELAY, "reasons")}, "new_date"),
        ({"letters": _letters(LetterKind.DECISION, "outcome", "reasons")}, "routes"),
        # Bands that leave a value to nobody.
        ({"bands": ()}, "without end"),
        ({"bands": EU.bands[:-1]}, "without end"),
        ({"bands": (Band(None, (LEAD,)), *EU.bands)}, "without end"),
        ({"bands": (EU.bands[1], EU.bands[0], EU.bands[-1])}, "must rise"),
        ({"bands": (EU.bands[0], EU.bands[0], EU.bands[-1])}, "must rise"),
        ({"bands": (Band(None, ()),)}, "sign-off"),
        # The same code twice.
        ({"grounds": EU.grounds * 2}, "twice"),
        ({"outside_routes": EU.outside_routes * 2}, "twice"),
        ({"timezone": "Europe/Atlantis"}, "Atlantis"),
    ],
)
def test_profile_refuses_to_exist(changes, complaint):
    with pytest.raises(ValueError, match=complaint):
        replace(EU, **changes)


def test_own_limits_may_reach_the_outer_limit():
    stretched = replace(EU, steps=_steps(decide=Limit(59, "calendar_days")))

    assert stretched.limit(Step.DECIDE) == Limit(59, "calendar_days")


@pytest.mark.parametrize(
    "code",
    [
        "no_template",
        "template_not_used",
        "not-on-our-form",
        "fields_missing",
        "missing_field",
        "no_ticket_number",
    ],
)
def test_ground_that_the_law_forbids_cannot_be_written_down(code):
    with pytest.raises(ProfileError, match="never be a ground"):
        Ground(code, "label", "explanation")


def test_ground_may_be_about_other_things():
    assert Ground("not_on_our_platform", "label", "text").code == "not_on_our_platform"


def test_parts_refuse_to_be_useless():
    with pytest.raises(ProfileError, match="telephone"):
        Contact("Desk", "desk@recourse.example", "", "Street")
    with pytest.raises(ProfileError, match="how to get there"):
        Route("nowhere", "court", "Court", "none", "en")
    with pytest.raises(ProfileError, match="75"):
        Rung(75, ("lead",))
    with pytest.raises(ProfileError, match="8 to 7"):
        Retention(8, 7, "closed")


def test_fact_that_waits_has_no_source():
    route = EU.outside_routes[0]
    seen = (Seen(frozenset({"fee"}), "https://example.org/", date(2026, 1, 1)),)

    with pytest.raises(ProfileError, match="says where it saw"):
        replace(route, seen=seen, to_check=frozenset({"fee"}))


def test_code_of_no_route_in_the_setting_is_named(settings):
    """A slip of the pen would keep the route hidden and tell nobody."""
    settings.CHECKED_ROUTES = ["mt-arbiter", "fr-anf-mediator"]

    (warning,) = check_routes(None)

    assert warning.id == "complaints.W002"
    assert "fr-anf-mediator" in warning.msg
    assert "mt-arbiter" not in warning.msg
    settings.CHECKED_ROUTES = ["uk-ombudsman"]
    assert check_routes(None) == []
