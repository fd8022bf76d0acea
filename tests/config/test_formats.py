"""Dates that Django writes in its own lists, beside those of our pages."""

from datetime import UTC, datetime

import pytest
from django.utils.formats import date_format
from django.utils.translation import override

from complaints.templatetags.look import written

AT = datetime(2026, 11, 22, 8, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "22 November 2026, 08:06"), ("zh-hans", "2026年11月22日 08:06")],
)
def test_moment_is_written_the_same_everywhere(language: str, words: str) -> None:
    with override(language):
        assert date_format(AT, "DATETIME_FORMAT") == words
        assert words in written(AT, "moment")
