"""HTTP to an address that a person typed in: public hosts only, judged as it connects.

The name is looked up once, here, and the connection goes to the address that was
looked at; so no second answer of the name server leads inside (DNS rebinding). No
redirect is followed and no proxy of the environment is used.
"""

import ipaddress
import socket
import ssl
from collections.abc import Iterable
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import httpcore
from django.conf import settings

CONNECT, READ = 5.0, 15.0
ANSWER_READ = 64_000
"""Bytes of an answer that are read at most; nothing of it is kept."""

LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
"""RFC 8215: leads to whatever this network translates it to."""

DRAINED_IN = 5.0
"""Seconds for which an answer is read, however slowly it drips."""

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(Exception):
    """The address is none that may be called."""


class Unreachable(Exception):
    """Nobody answered in time."""


def is_public(address: IPAddress) -> bool:
    """Whether strangers could reach it, or the operator named its network."""
    if any(address in network for network in settings.WEBHOOK_NETWORKS):
        return True
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not (address.is_multicast or _is_odd(address))


def _is_odd(address: IPAddress) -> bool:
    """What no stranger could reach, whatever tables of Python's say of it."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address.is_reserved
    return address.is_reserved or address.is_site_local or address in LOCAL_NAT64


def _inner(address: IPAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one only wraps (mapped, 6to4, NAT64)."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def check_url(url: str) -> None:
    """Raises ``Forbidden`` for what cannot be called whatever its name leads to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Forbidden("This is no address.") from None
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        raise Forbidden("This is no address that can be called.")
    if parts.scheme != "https" and not _is_named_network(parts.scheme, parts.hostname):
        raise Forbidden("Only https is called.")
    if port == 0:
        raise Forbidden("This is no port.")


def _is_named_network(scheme: str, host: str) -> bool:
    """Plain HTTP goes to an address of a network that the operator named, for tests
    and for a proxy beside this process."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    named = any(address in network for network in settings.WEBHOOK_NETWORKS)
    return scheme == "http" and named


class _Guarded(httpcore.NetworkBackend):
    """Connects to what ``is_public``, whatever the name says."""

    def __init__(self) -> None:
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        address = _look_up(host, port)
        return self._plain.connect_tcp(
            address, port, timeout, local_address, socket_options
        )


def _look_up(host: str, port: int) -> str:
    """The first address of ``host``; all of them must be public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("Its name leads nowhere.") from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    if not addresses or not all(
        is_public(ipaddress.ip_address(one)) for one in addresses
    ):
        raise Forbidden("Its name leads to an address that is not public.")
    return addresses[0]


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer. Raises ``Forbidden`` or ``Unreachable``."""
    check_url(url)
    waits = {"connect": CONNECT, "read": READ, "write": READ, "pool": CONNECT}
    pool = httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(), network_backend=_Guarded()
    )
    try:
        with (
            pool,
            pool.stream(
                "POST",
                url,
                headers=list(headers.items()),
                content=body,
                extensions={"timeout": waits},
            ) as answer,
        ):
            _drain(answer)
            return answer.status
    except (httpcore.UnsupportedProtocol, httpcore.LocalProtocolError) as error:
        raise Forbidden(type(error).__name__) from error
    except (httpcore.TimeoutException, httpcore.NetworkError) as error:
        raise Unreachable(type(error).__name__) from error
    except (httpcore.ProtocolError, OSError) as error:
        raise Unreachable(type(error).__name__) from error


def _drain(answer: httpcore.Response) -> None:
    """Read a little, so that a receiver who waits to be read is not cut off."""
    read, end = 0, monotonic() + DRAINED_IN
    for chunk in answer.iter_stream():
        read += len(chunk)
        if read > ANSWER_READ or monotonic() > end:
            return
