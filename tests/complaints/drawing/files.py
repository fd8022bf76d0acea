"""Files of the tests: lawful ones, and ones that somebody made to hurt."""

import io
import struct
import zlib

import pypdfium2
from PIL import Image


def picture(form: str = "PNG", side: int = 200, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (side, side // 2), "white").save(out, form, **options)
    return out.getvalue()


def with_exif() -> bytes:
    """A JPEG that names its camera, and where it was."""
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    exif[0x0112] = 6  # turned by a quarter
    return picture("JPEG", exif=exif)


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack("!L", len(data)) + body + struct.pack("!L", zlib.crc32(body))


def png_of(wide: int, high: int, data: bytes = b"") -> bytes:
    """A PNG that says it is so large; ``data`` are its packed pixels."""
    head = struct.pack("!LLBBBBB", wide, high, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head)
    return start + _chunk(b"IDAT", zlib.compress(data)) + _chunk(b"IEND", b"")


def pdf(text: str, pages: int = 1, size: tuple[float, float] = (300, 200)) -> bytes:
    """A PDF with a layer of text on each page."""
    book = pypdfium2.PdfDocument.new()
    kids = [_with_text(book, f"{text} {number + 1}", size) for number in range(pages)]
    out = io.BytesIO()
    book.save(out)
    assert len(kids) == pages
    return out.getvalue()


def _with_text(
    book: pypdfium2.PdfDocument, text: str, size: tuple[float, float]
) -> object:
    raw = pypdfium2.raw
    page = book.new_page(*size)
    font = raw.FPDFText_LoadStandardFont(book.raw, b"Helvetica")
    line = raw.FPDFPageObj_CreateTextObj(book.raw, font, 24)
    words = (text + "\0").encode("utf-16-le")
    raw.FPDFText_SetText(
        line, (raw.FPDF_WCHAR * (len(words) // 2)).from_buffer_copy(words)
    )
    raw.FPDFPageObj_Transform(line, 1, 0, 0, 1, 20, 100)
    raw.FPDFPage_InsertObject(page.raw, line)
    page.gen_content()
    return page
