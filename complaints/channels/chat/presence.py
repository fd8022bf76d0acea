"""Who is there and who is typing: kept in the cache, forgotten by itself."""

from collections.abc import Iterable

from django.core.cache import cache

HERE_SECONDS = 45
TYPING_SECONDS = 6

CUSTOMER = "customer"
AGENT = "agent"


def _here(kind: str, pk: int) -> str:
    return f"chat:here:{kind}:{pk}"


def _typing(kind: str, pk: int) -> str:
    return f"chat:typing:{kind}:{pk}"


def seen(kind: str, pk: int) -> None:
    """The customer of conversation ``pk``, or the agent with that key, is there."""
    cache.set(_here(kind, pk), 1, timeout=HERE_SECONDS)


def gone(kind: str, pk: int) -> None:
    cache.delete(_here(kind, pk))


def is_here(kind: str, pk: int) -> bool:
    return cache.get(_here(kind, pk)) is not None


def here_among(kind: str, keys: Iterable[int]) -> set[int]:
    """Those of ``keys`` that are there, in one look."""
    names = {_here(kind, pk): pk for pk in keys}
    return {names[name] for name in cache.get_many(list(names))}


def typing(kind: str, pk: int) -> None:
    """Somebody of this side writes in conversation ``pk`` right now."""
    cache.set(_typing(kind, pk), 1, timeout=TYPING_SECONDS)


def stopped(kind: str, pk: int) -> None:
    cache.delete(_typing(kind, pk))


def is_typing(kind: str, pk: int) -> bool:
    return cache.get(_typing(kind, pk)) is not None
