"""How often one address may try, kept in the cache; small on purpose."""

import hashlib
import logging
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer", bound=HttpResponseBase)


@dataclass(frozen=True)
class Limit:
    """At most ``tries`` in a window of ``seconds``, counted by ``name``."""

    name: str
    tries: int
    seconds: int

    def wait(self, *whose: str) -> int:
        """Count one try; the seconds to wait when it is one too many, else 0.

        Windows are aligned to the clock, so nothing has to be read before writing.
        """
        now = int(timezone.now().timestamp())
        window, gone = divmod(now, self.seconds)
        over = [self._count(one, window) > self.tries for one in whose]
        return self.seconds - gone if any(over) else 0

    def is_over(self, *whose: str) -> bool:
        """The same, where nobody is told how long to wait; False while nothing can be
        counted, for what must go on without its counter."""
        try:
            return bool(self.wait(*whose))
        except Exception:
            logger.exception("Tries of %s cannot be counted.", self.name)
            return False

    def _count(self, whose: str, window: int) -> int:
        digest = hashlib.sha256(whose.encode("utf-8", "replace")).hexdigest()[:32]
        key = f"tries:{self.name}:{digest}:{window}"
        cache.add(key, 0, timeout=self.seconds + 1)
        try:
            return cache.incr(key)
        except ValueError:  # it was evicted between the two
            cache.set(key, 1, timeout=self.seconds + 1)
            return 1


def whole_minutes(wait: int) -> int:
    """The seconds of a wait as people are told them: a begun minute is one."""
    return -(-wait // 60)


def in_minutes(words: "StrOrPromise", wait: int) -> str:
    """``words`` of ``%(minutes)d`` minutes, in their singular or plural."""
    return str(words % {"minutes": whole_minutes(wait)})


def with_wait(response: Answer, wait: int) -> Answer:
    """Tells programs too for how many seconds to wait; nothing where it is 0."""
    if wait:
        response["Retry-After"] = str(wait)
    return response


SUBSCRIBER = 64
"""Bits of an IPv6 address that name a network; the rest its holder chooses."""


def client_address(request: HttpRequest) -> str:
    """Whom tries are counted by: the client, past as many proxies as we trust."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return address_of(forwarded, str(request.META.get("REMOTE_ADDR", "")))


def address_of(forwarded: str, remote: str) -> str:
    """The same for whoever came with that ``X-Forwarded-For``, from ``remote``."""
    return holder_of(_claimed(forwarded.split(",") if forwarded else [], remote))


def holder_of(address: str) -> str:
    """The address; of IPv6 the first one of its network. Whoever has one of those has
    all of them, and could try from another each time."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    bits = 128 - SUBSCRIBER
    return str(found.ipv4_mapped or IPv6Address(int(found) >> bits << bits))


def _claimed(forwarded: list[str], remote: str) -> str:
    trusted = settings.TRUSTED_PROXY_COUNT
    if trusted and len(forwarded) >= trusted:
        return forwarded[-trusted].strip()
    return remote
