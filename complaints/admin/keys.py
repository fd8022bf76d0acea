"""Keys of rows as they come with a request: anybody may have written them."""

from collections.abc import Iterable


def is_key(text: str) -> bool:
    """Whether it is a number that a database takes for one."""
    return text.isascii() and text.isdecimal() and len(text) < 19


def keys_of(texts: Iterable[str]) -> list[int]:
    """The keys among ``texts``, each once, in their order."""
    return [int(text) for text in dict.fromkeys(texts) if is_key(text)]
