"""A page drawn in a process of its own: the same bytes, and no others."""

import pytest

from complaints import letter_child, letter_system

if not letter_system.available():
    pytest.skip(
        f"make system: {', '.join(letter_system.missing())}", allow_module_level=True
    )

PAGE = "<html lang=en><title>One</title><p>Two 提现 \ud800 three.</p></html>"


def test_child_draws_the_same_bytes() -> None:
    from complaints.letter_pdf import VARIANT, pdf_of

    assert letter_child.pdf_apart(PAGE, VARIANT) == pdf_of(PAGE, variant=VARIANT)


def test_child_that_draws_nothing_is_a_failure() -> None:
    with pytest.raises(letter_child.Failed, match="pdf/none"):
        letter_child.pdf_apart(PAGE, "pdf/none")


def test_child_that_takes_too_long_is_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letter_child, "SECONDS", 0.01)
    with pytest.raises(letter_child.Failed, match="too long"):
        letter_child.pdf_apart(PAGE, "pdf/ua-1")
