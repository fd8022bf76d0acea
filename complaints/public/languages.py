"""The languages we accept complaints in, by name."""

from collections.abc import Iterable

from babel import Locale
from django.utils.translation import get_language, to_locale


def language_names(codes: Iterable[str]) -> list[str]:
    """Their names in the reader's language, in the order of that language's letters."""
    reader = Locale.parse(to_locale(get_language() or "en"))
    names = (
        Locale.parse(to_locale(code)).get_language_name(reader) or code
        for code in codes
    )
    return sorted(names)
