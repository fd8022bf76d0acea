"""Countries by ISO 3166 alpha-2, named as the reader calls them."""

from collections.abc import Mapping

from babel import Locale
from django.utils.translation import get_language, to_locale


def country_name(code: str) -> str:
    """As the reader calls it; the code itself where it is none that we know."""
    return _territories().get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """Every territory of two letters, named and sorted in the reader's language."""
    names = _territories()
    known = [(code, name) for code, name in names.items() if len(code) == 2]
    real = [(code, name) for code, name in known if code not in _NO_COUNTRY]
    return [("", "—"), *sorted(real, key=lambda pair: pair[1])]


def _territories() -> Mapping[str, str]:
    names: Mapping[str, str] = Locale.parse(
        to_locale(get_language() or "en")
    ).territories
    return names


_NO_COUNTRY = frozenset({"ZZ", "XA", "XB", "EU", "EZ", "UN", "QO"})
