"""How many sockets each has open in this process, and whether there is room for more.

Counted where what they use up is used up; a process that ends takes its count along.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings

from complaints.throttle import address_of

_OPEN: Counter[str] = Counter()


def enter(whose: str, most: int) -> bool:
    """Count one more of theirs; False where they have ``most`` open."""
    if _OPEN[whose] >= most:
        return False
    _OPEN[whose] += 1
    return True


def leave(whose: str) -> None:
    _OPEN[whose] -= 1
    if _OPEN[whose] <= 0:
        del _OPEN[whose]


def of_address(scope: dict[str, Any]) -> tuple[str, int]:
    """The address that opens a socket, under the name it is counted by, and how many
    it may have: of many people, where they share one."""
    given = [v.decode("latin-1") for k, v in scope["headers"] if k == _FORWARDED]
    remote = (scope.get("client") or ("",))[0]
    found = address_of(",".join(given), remote)
    return f"address {found}", settings.CHAT_SOCKETS_AN_ADDRESS


def of_talk(pk: int) -> tuple[str, int]:
    """The customer of a conversation: one person's windows and devices."""
    return f"talk {pk}", settings.CHAT_SOCKETS_A_TALK


def of_agent(pk: int) -> tuple[str, int]:
    """An agent: the desk, and each conversation in a window of its own."""
    return f"agent {pk}", settings.CHAT_SOCKETS_AN_AGENT


_FORWARDED = b"x-forwarded-for"
