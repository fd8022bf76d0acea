"""Countries are named in the reader's language."""

import pytest
from django.utils.translation import override

from complaints.countries import country_choices, country_name


@pytest.mark.parametrize(
    ("language", "code", "name"),
    [
        ("en", "FR", "France"),
        ("zh-hans", "FR", "法国"),
        ("zh-hans", "DE", "德国"),
        ("en", "", ""),
        ("en", "Q9", "Q9"),
    ],
)
def test_country_is_named_as_the_reader_calls_it(language, code, name):
    with override(language):
        assert country_name(code) == name


def test_choices_begin_with_none_and_hold_countries_alone():
    with override("en"):
        choices = country_choices()

    codes = [code for code, _name in choices]
    assert choices[0] == ("", "—")
    assert {"FR", "SG", "CN"} <= set(codes)
    assert not {"EU", "UN", "ZZ", "001"} & set(codes)
