"""Plain text to blocks and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.letter_markup import Block, blocks_of, underlined


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", []),
        ("A\nB", [Block("para", (("A", "B"),))]),
        ("> A\n>\n> B", [Block("quote", (("A", "", "B"),))]),
        ("- A\n  more\n- B", [Block("bullets", (("A", "more"), ("B",)))]),
        ("1. A\n\n2. B", [Block("numbers", (("A",), ("B",)))]),
        ("1. A\n\n   more", [Block("numbers", (("A", "more"),))]),
        (
            "Head\n----\n\nText",
            [Block("heading", (("Head",),)), Block("para", (("Text",),))],
        ),
        (
            "Head\n----\n- A",
            [Block("heading", (("Head",),)), Block("bullets", (("A",),))],
        ),
        ("- 5 USDT", [Block("bullets", (("5 USDT",),))]),
        ("2026. A year", [Block("numbers", (("A year",),))]),
        ("-5 USDT", [Block("para", (("-5 USDT",),))]),
    ],
)
def test_blocks_of(text, blocks):
    assert blocks_of(text) == blocks


@pytest.mark.parametrize(
    ("heading", "rule"), [("Reasons", "-------"), ("理由", "----"), ("A", "--")]
)
def test_heading_has_a_rule_of_its_width(heading, rule):
    assert underlined(f"# {heading}\n\nx") == f"{heading}\n{rule}\n\nx"
    assert blocks_of(underlined(f"# {heading}"))[0] == Block("heading", ((heading,),))


@given(st.text())
def test_any_text_is_read(text):
    words = "".join(
        line for block in blocks_of(text) for item in block.items for line in item
    )

    assert set(words) <= set(text)


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1))
def test_one_paragraph_keeps_its_letters(text):
    words = "".join(line for block in blocks_of("x" + text) for line in block.lines)

    assert words == "x" + text
