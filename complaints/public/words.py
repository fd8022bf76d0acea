"""Public pages in force as plain text, for parts that know nothing of this door."""

from datetime import datetime

from complaints import registry
from complaints.public import pages
from complaints.public.markup import plain_text
from complaints.public.models import Kind
from complaints.registry import PublicPage


@registry.page_reader
def page(code: str, language: str, now: datetime) -> PublicPage | None:
    """In the language, or the first there is; what is drawn from tables is left out."""
    version = pages.current(code, Kind.PAGE, now)
    if version is None or version.effective_from is None:
        return None
    words = version.words(language)
    return PublicPage(
        title=words.title,
        text=plain_text(words.body, pages.values()).strip(),
        language=words.language,
        number=version.number,
        since=version.effective_from,
    )
