"""Pages of a picture, a PDF or a text, painted anew."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from complaints.drawing.limits import MOST_PAGES, MOST_PIXELS, SIDE, Unfit
from complaints.drawing.text import text_pages

FORMATS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
}
MOST_SCALE = 2.5
PASSWORD = 4  # FPDF_ERR_PASSWORD

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


def draw(content: bytes, media_type: str) -> tuple[list[Image.Image], int]:
    """The first pages, and how many there are. Raises ``Unfit``."""
    if media_type == "application/pdf":
        return _of_pdf(content)
    if media_type == "text/plain":
        return text_pages(content)
    return [_of_picture(content, FORMATS[media_type])], 1


def encode(picture: Image.Image) -> bytes:
    """As WebP, without anything but pixels."""
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=84, method=2)
    return out.getvalue()


def _of_picture(content: bytes, form: str) -> Image.Image:
    """The first frame, turned as its camera was held; whatever else it held is gone."""
    try:
        with _whole(), Image.open(io.BytesIO(content), formats=[form]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Unfit("pixels")
            picture.draft("RGB", (SIDE, SIDE))
            turned = ImageOps.exif_transpose(picture).convert("RGBA")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Unfit("pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Unfit("broken") from None
    turned.thumbnail((SIDE, SIDE))
    sheet = Image.new("RGB", turned.size, "white")
    sheet.paste(turned, mask=turned.getchannel("A"))
    return sheet


@contextmanager
def _whole() -> Iterator[None]:
    """Cut pictures are refused; what draws letters lets them pass, for all who ask."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _of_pdf(content: bytes) -> tuple[list[Image.Image], int]:
    try:
        book = pypdfium2.PdfDocument(content)
        total = len(book)
        drawn = [_sheet(book[number]) for number in range(min(total, MOST_PAGES))]
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == PASSWORD
        raise Unfit("password" if locked else "broken") from None
    except (ValueError, ZeroDivisionError, OverflowError):
        raise Unfit("broken") from None
    if not drawn:
        raise Unfit("empty")
    return drawn, total


def _sheet(page: pypdfium2.PdfPage) -> Image.Image:
    """However large the page says that it is, no more than ``SIDE`` of it."""
    scale = min(SIDE / max(*page.get_size(), 1.0), MOST_SCALE)
    picture: Image.Image = page.render(scale=scale, draw_annots=True).to_pil()
    return picture.convert("RGB")
