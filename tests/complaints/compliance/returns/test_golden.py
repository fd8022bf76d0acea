"""Every return equals the file that somebody counted by hand; see golden/COUNTED.md."""

import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils.translation import override

from complaints import letter_system
from complaints.compliance.returns import cfpb, paper, sheets
from complaints.compliance.returns.kinds import BUILDERS, to_pdf
from complaints.compliance.returns.period import parse
from complaints.profiles.uk_disp import UK_DISP_2026_1
from tests.complaints.compliance.returns import small
from tests.people import People

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).parent / "golden"
HALF = parse("2026-H1")
NO_RENDERER = pytest.mark.skipif(
    not letter_system.available(), reason="Pango or the fonts are not here"
)


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))


@pytest.mark.parametrize("profile", ["eu-casp", "uk-disp"])
def test_tables_are_those_counted_by_hand(
    people: People, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    if profile == "uk-disp":
        chosen = lambda *_given: UK_DISP_2026_1  # noqa: E731
        monkeypatch.setattr("complaints.profiles.choose", chosen)
    small.register(people)

    said = json.loads(sheets.to_json(BUILDERS[profile](HALF, small.AT)))

    assert said["tables"] == golden(profile)
    assert said["to"] == "2026-06-30"


@pytest.mark.parametrize(
    ("kind", "name"), [("management", "2026-H1"), ("public", "2026")]
)
def test_chosen_tables_are_those_counted_by_hand(
    people: People, kind: str, name: str
) -> None:
    small.register(people)
    wanted = golden(kind)

    said = json.loads(sheets.to_json(BUILDERS[kind](parse(name), small.AT)))["tables"]

    assert {code: said[code] for code in wanted} == wanted
    if kind == "management":
        assert said["steps"] == golden("eu-casp")["steps"]
    else:
        assert {row["received"] for row in said["topics"]} == {"hidden"}
        with pytest.raises(ValueError, match="whole year"):
            BUILDERS[kind](HALF, small.AT)


def test_rows_of_the_cfpb_are_those_written_by_hand(people: People) -> None:
    made = small.register(people)
    wanted = (GOLDEN / "cfpb.csv").read_text("utf-8")
    for number, case in enumerate(made):
        wanted = wanted.replace(f"{{{number}}}", str(case.reference))

    found = sheets.to_csv(cfpb.build(HALF, small.AT)).decode("utf-8-sig")

    assert found.replace("\r\n", "\n") == wanted
    assert len(found.splitlines()[0].split(",")) == 18


def test_words_change_with_the_language_and_the_checksum_does_not(
    people: People,
) -> None:
    small.register(people)
    found = BUILDERS["eu-casp"](HALF, small.AT)
    with override("en"):
        english = paper.page_of(paper.paper_of(found), small.AT)
        checksum = found.checksum
    with override("zh-hans"):
        chinese = paper.page_of(paper.paper_of(found), small.AT)
        with ZipFile(io.BytesIO(sheets.to_xlsx(found))) as book:
            words = book.read("xl/sharedStrings.xml").decode()

    assert "6 complaints came in." in english
    assert "Upheld in whole or in part: 2 (50.0\u00a0%)." in english
    assert "6 of 15 limits were missed." in english
    assert "收到 6 件投诉" in chinese
    assert found.checksum == checksum
    assert checksum in english
    assert checksum in chinese
    assert "法定决定期限" not in english
    assert "限制访问" in words or "受限" in words


@pytest.mark.drill
@NO_RENDERER
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pdf_has_its_fonts_inside_and_says_the_same(
    people: People, language: str
) -> None:
    from pypdf import PdfReader

    small.register(people)
    found = BUILDERS["eu-casp"](HALF, small.AT)
    with override(language):
        made = to_pdf(found)
        again = to_pdf(found)

    assert made == again
    reader = PdfReader(io.BytesIO(made))
    text = "".join(page.extract_text() for page in reader.pages)
    assert found.checksum in text.replace("\n", "")
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            for one in font.get_object()["/DescendantFonts"]:
                assert "/FontFile3" in one.get_object()["/FontDescriptor"] or (
                    "/FontFile2" in one.get_object()["/FontDescriptor"]
                )
