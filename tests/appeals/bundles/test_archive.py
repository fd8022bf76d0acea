"""The PDF of a bundle against what PDF/A-3a asks, as far as reading it can tell."""

import io
from collections.abc import Callable
from typing import Any

import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)

from appeals.models import Appeal
from complaints import letter_system
from complaints.states import State
from tests.appeals import walk
from tests.appeals.bundles.archive import findings
from tests.appeals.bundles.test_make import inside, made
from tests.people import People

if not letter_system.available():
    pytest.skip(
        f"make system: {', '.join(letter_system.missing())}", allow_module_level=True
    )

pytestmark = pytest.mark.filterwarnings(
    # WeasyPrint leaves the colour profile of its archives open.
    "ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture
def row(people: People, case_at: Any) -> Appeal:
    return walk.appeal(case_at(State.ANSWERED))


@pytest.fixture
def pdf(row: Appeal, people: People) -> bytes:
    return inside(made(row, "shared", people.customer))["bundle.pdf"]


def test_bundle_is_an_archive(pdf: bytes) -> None:
    assert findings(pdf) == []


@pytest.mark.drill
def test_whole_bundle_in_chinese_is_an_archive(row: Appeal, people: People) -> None:
    row.complaint.language = "zh-hans"
    row.complaint.save()

    assert findings(inside(made(row, "whole", people.appeals_2))["bundle.pdf"]) == []


Spoil = Callable[[Any], None]


def _with(name: str, value: Any) -> Spoil:
    return lambda writer: writer._root_object.update({NameObject(name): value})


def _action(**facts: str) -> DictionaryObject:
    return DictionaryObject(
        {
            NameObject(f"/{key}"): NameObject(value)
            if key == "S"
            else TextStringObject(value)
            for key, value in facts.items()
        }
    )


def _note(writer: Any) -> None:
    """A picture that plays, hidden, without looks."""
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Movie"),
            NameObject("/Rect"): ArrayObject(FloatObject(n) for n in (0, 0, 9, 9)),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])


def _unbound(writer: Any) -> None:
    """The first font loses what draws it."""
    for one in writer._objects:
        if isinstance(one, DictionaryObject) and "/FontFile2" in one:
            del one["/FontFile2"]
            return
        if isinstance(one, DictionaryObject) and "/FontFile3" in one:
            del one["/FontFile3"]
            return


SPOILS: dict[str, tuple[Spoil, str]] = {
    "script": (_with("/OpenAction", _action(S="/JavaScript", JS="1")), "6.5.1"),
    "launch": (_with("/X", _action(S="/Launch")), "6.5.1: /Launch"),
    "file": (_with("/X", _action(URI="file:///etc/passwd")), "6.5.1: file:"),
    "note": (_note, "6.3.1"),
    "font": (_unbound, "6.2.11.4"),
    "no intent": (lambda w: w._root_object.pop("/OutputIntents"), "6.2.3"),
    "no metadata": (lambda w: w._root_object.pop("/Metadata"), "6.6.2.1"),
    "no tags": (lambda w: w._root_object.pop("/StructTreeRoot"), "6.7.3"),
    "dates": (
        lambda w: w.add_metadata({"/CreationDate": "D:20200101000000Z"}),
        "6.6.3",
    ),
    "encrypted": (lambda w: w.encrypt("", "owner"), "6.1.3"),
}


@pytest.mark.drill
@pytest.mark.parametrize("name", list(SPOILS))
def test_what_breaks_the_archive_is_found(pdf: bytes, name: str) -> None:
    spoil, clause = SPOILS[name]
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    spoil(writer)
    spoiled = io.BytesIO()
    writer.write(spoiled)

    assert any(one.startswith(clause) for one in findings(spoiled.getvalue()))
