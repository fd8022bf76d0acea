"""Texts of the outside stage, kept as they are or refused with their limit."""

import pytest

from appeals.services.outside.rows import written
from complaints.errors import InvalidInput


@pytest.mark.parametrize(
    ("most", "said"), [(200, "200"), (2_000, "2,000"), (20_000, "20,000")]
)
def test_too_long_a_text_is_told_its_own_limit(most: int, said: str) -> None:
    assert written(f" {'x' * most} ", "text", most=most) == "x" * most
    with pytest.raises(InvalidInput) as refused:
        written("x" * (most + 1), "text", most=most)
    assert refused.value.reason == "too_long"
    assert f"({said} characters)" in str(refused.value)


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_nothing_is_refused_where_something_is_needed(text: str) -> None:
    assert written(text, "text", needed=False) == ""
    with pytest.raises(InvalidInput, match="Write something first"):
        written(text, "text")
