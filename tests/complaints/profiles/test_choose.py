"""Which profile governs a complaint: by residence, entity and day of receipt."""

from dataclasses import replace
from datetime import date

import pytest

from complaints import profiles
from complaints.profiles.eu_casp import EU_CASP_2026_1 as EU
from complaints.profiles.uk_disp import UK_DISP_2026_1 as UK

DAY = date(2026, 11, 22)
UK_ON = replace(UK, enabled=True)
EU_NEXT = replace(EU, version="2027.1", valid_from=date(2027, 1, 1))
EU_DRAFT = replace(EU, version="2027.2", valid_from=date(2027, 6, 1), enabled=False)


@pytest.mark.parametrize(
    ("country", "entity", "today", "with_uk"),
    [
        ("DE", "", "eu-casp", "eu-casp"),
        ("fr", "", "eu-casp", "eu-casp"),
        (" no ", "", "eu-casp", "eu-casp"),
        ("GB", "", "eu-casp", "uk-disp"),
        ("gb", "eu", "eu-casp", "uk-disp"),
        ("FR", "uk", "eu-casp", "eu-casp"),
        ("SG", "", "eu-casp", "eu-casp"),
        ("SG", "UK", "eu-casp", "uk-disp"),
        ("SG", "eu", "eu-casp", "eu-casp"),
        ("", "", "eu-casp", "eu-casp"),
        ("Zz9", "nobody", "eu-casp", "eu-casp"),
    ],
)
def test_choose_by_residence_then_entity_then_default(country, entity, today, with_uk):
    assert profiles.choose(country, entity, DAY).code == today
    assert profiles.choose(country, entity, DAY, among=(EU, UK_ON)).code == with_uk


@pytest.mark.parametrize(
    ("on", "version"),
    [
        (date(2025, 12, 31), "2026.1"),  # before any version began: the first
        (date(2026, 1, 1), "2026.1"),
        (date(2026, 12, 31), "2026.1"),
        (date(2027, 1, 1), "2027.1"),
        (date(2030, 1, 1), "2027.1"),  # the draft of June is not enabled
    ],
)
def test_choose_takes_the_version_in_force_on_the_day_of_receipt(on, version):
    among = (EU_DRAFT, EU_NEXT, UK, EU)

    assert profiles.choose("DE", "", on, among=among).version == version


def test_current_takes_the_latest_version_begun():
    assert profiles.current("eu-casp", date(2027, 7, 1), (EU_DRAFT, EU, EU_NEXT)) is (
        EU_DRAFT
    )
    assert profiles.current("uk-disp", DAY) is UK


@pytest.mark.parametrize("profile", profiles.PROFILES, ids=lambda profile: profile.key)
def test_by_key_and_get_find_each_version(profile):
    assert profiles.by_key(profile.key) is profile
    assert profiles.get(profile.code, profile.version) is profile
    assert len(profile.key) <= 32  # what a complaint has room for


@pytest.mark.parametrize(
    "key", ["", "eu-casp", "eu-casp@1999.1", "@", "us-cfpb@2026.1"]
)
def test_by_key_refuses_what_nobody_wrote(key):
    with pytest.raises(profiles.UnknownProfileError):
        profiles.by_key(key)


def test_current_refuses_an_unknown_code():
    with pytest.raises(profiles.UnknownProfileError):
        profiles.current("us-cfpb", DAY)
