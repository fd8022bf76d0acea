"""The PDF of a letter: its words, its fonts, and nothing fetched from anywhere."""

import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pypdf
import pytest

from complaints import letter_system, letters
from complaints.models import Complaint, Letter
from complaints.services import correspond
from tests import cases
from tests.complaints.test_letters import CASES, LANGUAGES, letter_of
from tests.few import few
from tests.people import People

if not letter_system.available():
    pytest.skip(
        f"make system: {', '.join(letter_system.missing())}", allow_module_level=True
    )

SECRET = "keep-this-from-every-letter"
FAMILIES = ("Noto-Sans-CJK-SC", "Noto-Serif-CJK-SC", "Noto-Sans-Mono-CJK-SC")


def drawn(letter: Letter, part: str = "letter") -> pypdf.PdfReader:
    return read(letters.print_html(letter, part))


def read(page: str) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf_bytes(page)))


def pdf_bytes(page: str) -> bytes:
    from complaints.letter_pdf import pdf_of

    return pdf_of(page)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def words_of(letter: Letter, reader: pypdf.PdfReader) -> str:
    """All text of the PDF without white space and without the feet of its pages."""
    return between_feet(letter, [page.extract_text() for page in reader.pages])


def between_feet(letter: Letter, texts: list[str]) -> str:
    pages = len(texts)
    foot = f"{letter.complaint.reference} · {letter.get_kind_display()} · 2026.1"
    seal = letter.sha256[:16]
    found = ""
    for number, text in enumerate(map(squeezed, texts), 1):
        assert squeezed(foot) in text
        text = text.replace(squeezed(foot), "")
        text, count = re.subn(rf"(seal|封印){seal}{number}/{pages}", "", text)
        assert count == 1
        found += text
    return found


def said_by(letter: Letter) -> str:
    """The same of the letter's own text; rules under headings and marks are layout."""
    lines = [line for line in letter.body.splitlines() if not re.match("-{2,}$", line)]
    bare = (re.sub(r"^(?:- |> ?)", "", line.strip()) for line in lines)
    return squeezed(letter.subject + "".join(bare))


# Words --------------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize(
    ("kind", "language"),
    few(
        list(product(("receipt", "decision", "delay", "ruling"), LANGUAGES)),
        ("receipt", "zh-hans"),
        ("decision", "en"),
    ),
)
def test_pdf_says_what_the_letter_says_in_its_order(
    people: People, kind: str, language: str
) -> None:
    letter = letter_of(CASES[kind](people, language), kind)

    with letters.speaking(language, "UTC"):
        found = words_of(letter, drawn(letter))

    head, _title, rest = found.partition(squeezed(letter.subject))
    assert squeezed(letter.subject) + rest == said_by(letter)
    assert letter.complaint.reference in head


@pytest.mark.once
@pytest.mark.parametrize("language", LANGUAGES)
def test_copy_is_the_complaint_as_it_was_filed(people: People, language: str) -> None:
    receipt = letter_of(cases.filed(people, language=language), "receipt")

    found = squeezed("".join(p.extract_text() for p in drawn(receipt, "copy").pages))

    for part in (
        "Withdrawal that I did not make",
        "1,860 USDT left my account at night. It was not me.",
        "1. The withdrawal was not mine",
        "1,860.00 USDT",
        "9f3c51aa5a697c (tron)",
        receipt.complaint.reference,
    ):
        assert squeezed(part) in found
    assert "complaints@recourse.example" not in found  # whom to ask is the receipt's


def test_same_letter_gives_the_same_bytes(people: People) -> None:
    page = letters.print_html(letter_of(cases.filed(people), "receipt"))

    assert pdf_bytes(page) == pdf_bytes(page)


def test_address_stands_in_the_window_of_the_envelope(people: People) -> None:
    case = cases.filed(people)
    party = case.customer
    party.first_name, party.last_name = "Wei", "王"
    party.street, party.postcode, party.city = "Lindenweg 4, 3. OG", "10115", "Berlin"
    party.save()

    first = drawn(letter_of(case, "receipt")).pages[0].extract_text()

    assert "Wei 王\nLindenweg 4, 3. OG\n10115 Berlin\n" in first


# Form ---------------------------------------------------------------------------------


def fonts_of(reader: pypdf.PdfReader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font["/DescendantFonts"][0]
            found[inner["/BaseFont"]] = inner["/FontDescriptor"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_font_is_inside_and_ours(people: People, language: str) -> None:
    case = cases.filed(people, language=language, description="中文与 English 1,860")

    fonts = fonts_of(drawn(letter_of(case, "receipt")))

    assert fonts
    for name, descriptor in fonts.items():
        assert "/FontFile3" in descriptor, name
        assert name.partition("+")[2].removesuffix("-Bold") in FAMILIES


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_is_tagged_and_names_itself(people: People, language: str) -> None:
    letter = letter_of(cases.filed(people, language=language), "receipt")

    reader = drawn(letter)

    root = reader.root_object
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == letter.subject
    assert reader.metadata.creation_date == letter.written_at.replace(microsecond=0)
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part(>1<|=\"1\")", xmp)


def test_pages_are_counted(people: People) -> None:
    letter = letter_of(cases.filed(people, description="Word. " * 3000), "receipt")

    reader = drawn(letter)

    pages = [squeezed(page.extract_text()) for page in reader.pages]
    assert len(pages) > 4
    for number, text in enumerate(pages, 1):
        assert f"{number}/{len(pages)}" in text


# Nothing from outside -----------------------------------------------------------------

watched: list[str] = []
_watching = False


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _watching and event in ("socket.connect", "socket.getaddrinfo", "open"):
        watched.append(f"{event} {arguments[0]}")


sys.addaudithook(_watch)


@pytest.fixture
def seen() -> Iterator[list[str]]:
    """Every file opened and every address asked for meanwhile."""
    global _watching  # noqa: PLW0603 - an audit hook cannot be taken away again
    watched.clear()
    _watching = True
    yield watched
    _watching = False


HOSTILE = """
<img src="http://127.0.0.1:9/x.png"><img src="file://{path}"><img src="{path}">
<img src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Ctext%3EX
%3C/text%3E%3C/svg%3E"><iframe src="file://{path}"></iframe>
<object data="file://{path}" type="text/html"></object><embed src="file://{path}">
<link rel="attachment" href="file://{path}"><a rel="attachment" href="file://{path}">a</a>
<link rel="stylesheet" href="file://{path}">
<link rel="stylesheet" href="static:../config/settings/base.py">
<link rel="stylesheet" href="static:%2e%2e/config/settings/base.py">
<style>@import url("http://169.254.169.254/latest/"); @import "file://{path}";
@font-face {{ font-family: x; src: url("file://{path}") }}
p {{ font-family: x; background: url("http://127.0.0.1:9/y.png");
  content: url("file://{path}") }}</style>
<svg><image href="file://{path}"/><use href="http://127.0.0.1:9/z.svg#a"/></svg>
<p>still here</p>
"""


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


def test_page_that_asks_for_the_world_gets_nothing(kept: Path, seen: list[str]) -> None:
    reader = read(f"<!doctype html><html>{HOSTILE.format(path=kept)}</html>")

    text = reader.pages[0].extract_text()
    assert "still here" in text
    assert SECRET not in text
    assert not reader.attachments
    assert not reader.pages[0]["/Resources"]["/XObject"]
    assert [one for one in seen if one.startswith("socket")] == []
    assert [one for one in seen if "secret.txt" in one or "base.py" in one] == []


def test_watcher_sees_what_is_opened(kept: Path, seen: list[str]) -> None:
    kept.read_text()

    assert [one for one in seen if "secret.txt" in one]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://example.org/a.css",
        "file:///etc/hostname",
        "data:text/plain,a",
        "ftp://127.0.0.1/",
        "static:../manage.py",
        "static:/etc/hostname",
        "static:css/../../manage.py",
        "static:%2e%2e%2fmanage.py",
        "STATIC:css/tokens.css",
        "css/tokens.css",
        "static:css",
        "",
    ],
)
def test_fetcher_hands_out_nothing_but_static_files(url: str) -> None:
    from complaints.letter_pdf import StaticOnly

    with pytest.raises((ValueError, OSError)):
        StaticOnly().fetch(url)


def test_fetcher_follows_no_link_out(tmp_path: Path, monkeypatch: Any) -> None:
    from complaints import letter_pdf

    (tmp_path / "static").mkdir()
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "static" / "a.css").symlink_to(tmp_path / "secret")
    monkeypatch.setattr(letter_pdf, "STATIC", (tmp_path / "static").resolve())

    with pytest.raises(ValueError, match="nothing but our own"):
        letter_pdf.StaticOnly().fetch("static:a.css")


def test_fetcher_hands_out_a_sheet() -> None:
    from complaints.letter_pdf import StaticOnly

    answer = StaticOnly().fetch("static:css/letter_pdf.css")

    assert (answer.content_type, answer.status) == ("text/css", 200)
    assert b"@page" in answer.read()


def test_markup_in_a_letter_is_printed_as_it_was_typed(
    people: People, kept: Path, seen: list[str]
) -> None:
    text = HOSTILE.format(path=kept) + "</p></main><script>alert(1)</script>"
    letter = letter_of(_reply(people, text), "reply")

    reader = drawn(letter)

    with letters.speaking("en", "UTC"):
        found = words_of(letter, reader)
    assert squeezed('<iframe src="file://') in found
    assert squeezed("</p></main><script>alert(1)</script>") in found
    assert SECRET not in found
    assert [one for one in seen if one.startswith("socket") or "secret" in one] == []


def _reply(people: People, text: str) -> Complaint:
    case = cases.at(people, "investigating")
    correspond.reply(complaint=case, text=text, actor=people.security)
    return case


@pytest.mark.drill
def test_naughty_strings_come_out_as_they_went_in(people: People, corpus: Path) -> None:
    """Read with poppler: pypdf gives up on fonts with a sign that no font here has."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("poppler-utils is not installed (make system)")
    strings = json.loads((corpus / "strings" / "blns.json").read_text())
    said = [" ".join(one.replace("\x00", "").split()) for one in strings]
    letter = letter_of(_reply(people, "\n\n".join(filter(None, said))), "reply")

    pdf = pdf_bytes(letters.print_html(letter))
    text = subprocess.run(
        [program, "-raw", "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()

    with letters.speaking("en", "UTC"):
        found = between_feet(letter, text.removesuffix("\f").split("\f"))
    plain = [one for one in said if one.isascii() and one.isprintable()]
    assert len(plain) > 300
    missing = [one for one in plain if squeezed(one) not in found]
    assert [one for one in missing if not _is_layout(one)] == []


def _is_layout(text: str) -> bool:
    """What our own plain text means by itself: a quote, an item, a rule."""
    return bool(re.match(r"(?:>|- |\d{1,4}\. |-{2,}$|# )", text))
