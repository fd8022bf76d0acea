"""Limits in words, one and many."""

import pytest
from django.utils import translation

from complaints.clocks import Limit
from complaints.profiles import limit_words


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(1, "hours"), "1 hour"),
        (Limit(24, "hours"), "24 hours"),
        (Limit(1, "business_hours"), "1 working hour"),
        (Limit(4, "business_hours"), "4 working hours"),
        (Limit(1, "business_days"), "1 working day"),
        (Limit(15, "business_days"), "15 working days"),
        (Limit(1, "calendar_days"), "1 day"),
        (Limit(60, "calendar_days"), "60 days"),
        (Limit(1, "calendar_months"), "1 month"),
        (Limit(2, "calendar_months"), "2 months"),
    ],
)
def test_limit_words_in_english(limit, words):
    with translation.override("en"):
        assert limit_words(limit) == words
