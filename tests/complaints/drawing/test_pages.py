"""Pictures of hostile files: drawn anew, or refused before they cost anything."""

import io

import pytest
from PIL import Image, ImageFile

from complaints.drawing.limits import MOST_PAGES, SIDE, Unfit
from complaints.drawing.pages import draw, encode
from tests.complaints.drawing import files

TEXT = ("投诉 1,860 USDT\t\u202egpj.exe\r\n" * 100).encode()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_pictures(form: str) -> None:
    drawn, total = draw(files.picture(form), f"image/{form.lower()}")
    assert (len(drawn), total, drawn[0].size) == (1, 1, (200, 100))


def test_nothing_but_pixels_is_left() -> None:
    (drawn,), _total = draw(files.with_exif(), "image/jpeg")
    assert drawn.size == (100, 200)
    made = encode(drawn)
    assert b"SECRETCAMERA" not in made
    with Image.open(io.BytesIO(made)) as again:
        assert (again.format, dict(again.getexif())) == ("WEBP", {})
        assert not {"exif", "xmp", "icc_profile"} & set(again.info)


def test_pages_of_a_pdf_and_how_many_there_are() -> None:
    drawn, total = draw(files.pdf("Page", pages=MOST_PAGES + 2), "application/pdf")
    assert (len(drawn), total) == (MOST_PAGES, MOST_PAGES + 2)
    assert drawn[0].size == (750, 500)


def test_page_of_any_size_costs_the_same() -> None:
    (drawn,), _total = draw(files.pdf("x", size=(14_400, 7_200)), "application/pdf")
    assert drawn.size == (SIDE, SIDE // 2)


def test_text_in_both_scripts() -> None:
    drawn, total = draw(TEXT, "text/plain")
    assert total == len(drawn) == 2
    assert drawn[0].getcolors(maxcolors=10_000)[0][0] < drawn[0].width * drawn[0].height  # type: ignore[index]


@pytest.mark.parametrize(
    ("content", "media_type", "reason"),
    [
        (files.png_of(50_000, 50_000), "image/png", "pixels"),
        (files.png_of(9_000, 9_000, b"\0" * 1_000_000), "image/png", "pixels"),
        (files.png_of(100, 100, b"\0" * 50), "image/png", "broken"),
        (files.picture("PNG")[:60], "image/png", "broken"),
        (files.picture("GIF"), "image/png", "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 64, "image/png", "broken"),
        (b"%PDF-1.7\nnothing", "application/pdf", "broken"),
        (b"\xff\xfe\xfd", "text/plain", "broken"),
    ],
    ids=["flood", "bomb", "short", "cut", "other", "noise", "no-pdf", "no-text"],
)
@pytest.mark.parametrize("lax", [False, True], ids=["", "beside-letters"])
def test_refused(
    content: bytes,
    media_type: str,
    reason: str,
    lax: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """WeasyPrint lets cut pictures pass in the whole process."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", lax)
    with pytest.raises(Unfit) as refusal:
        draw(content, media_type)
    assert str(refusal.value) == reason
