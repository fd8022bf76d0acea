"""A page of ours as PDF: tagged, its fonts inside, made of nothing but ``static/``.

Importing this loads the renderer and Pango; ask ``letter_system.missing`` first, and do
it in a worker.
"""

import mimetypes
import re
from hashlib import sha256
from typing import Any, Final
from urllib.parse import unquote

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from config.paths import BASE_DIR

STATIC: Final = (BASE_DIR / "static").resolve()
SCHEME: Final = "static:"
"""How a page names a file of ``static/``: ``static:css/tokens.css``."""

VARIANT: Final = "pdf/ua-1"

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""Characters that stand for no sign; each would be an empty box on paper."""


class StaticOnly(URLFetcher):  # type: ignore[misc]
    """Hands out files of ``static/``; whatever else is asked for does not exist.

    Not the network, not ``file:``, not ``data:``. What a letter quotes is escaped and
    can ask for nothing; this holds when that should fail.
    """

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        path = STATIC / unquote(url.removeprefix(SCHEME)).partition("?")[0]
        real = path.resolve()
        if not url.startswith(SCHEME) or not real.is_relative_to(STATIC):
            raise ValueError("Letters are made of nothing but our own static files.")
        kind = mimetypes.guess_type(real.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, real.read_bytes(), {"Content-Type": kind})


def pdf_of(page: str, *, variant: str = VARIANT) -> bytes:
    """The PDF of a whole HTML page; the same page always gives the same bytes.

    ``variant`` is the norm it follows, as WeasyPrint names it.

    Title, language, author and dates are taken from its head.
    """
    # Tokens of print are for a reader's own printer; a letter keeps our inks.
    page = _UNPRINTABLE.sub("", page)
    document = HTML(
        string=page, base_url=SCHEME, url_fetcher=StaticOnly(), media_type="screen"
    )
    made: bytes = document.write_pdf(
        font_config=FontConfiguration(),
        pdf_variant=variant,
        pdf_identifier=sha256(page.encode()).digest()[:16],
    )
    return made
