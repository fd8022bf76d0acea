"""How the client speaks: tokens, problems, and files that survive a lost network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import quote, urljoin

import httpx

TUS = {"Tus-Resumable": "1.0.0"}
TIMEOUT = httpx.Timeout(30, connect=5)
PART = 1_000_000
"""Bytes of a file that are sent at once."""

MOST_CUTS = 20
"""How often in a row one upload is taken up again."""


class Problem(Exception):
    """What the desk refused (RFC 9457): ``code`` is stable, ``detail`` is for people.

    ``errors`` and ``reasons`` stand in ``body``; ``retry_after`` counts seconds where
    the desk named them.
    """

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.body = _object(response)
        self.code = str(self.body.get("code", ""))
        self.detail = str(self.body.get("detail", ""))
        wait = response.headers.get("Retry-After", "")
        self.retry_after = int(wait) if wait.isdecimal() else None
        super().__init__(f"{self.status} {self.code}: {self.detail}")


def _object(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class Transport:
    """One desk, and who calls it.

    ``token`` is a bearer token, or a function that makes one for each request, as
    signed ones are taken once.
    """

    def __init__(
        self,
        base_url: str,
        token: str | Callable[[], str],
        *,
        language: str = "en",
        http: httpx.Client | None = None,
    ) -> None:
        self._base = base_url.rstrip("/") + "/"
        self._token = token
        self._language = language
        self._http = http or httpx.Client(timeout=TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_about: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def _send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str | None] | None = None,
        **what: Any,
    ) -> httpx.Response:
        token = self._token if isinstance(self._token, str) else self._token()
        said = {
            "Authorization": f"Bearer {token}",
            "Accept-Language": self._language,
            **{k: v for k, v in (headers or {}).items() if v is not None},
        }
        url = urljoin(self._base, path.lstrip("/"))
        response = self._http.request(method, url, headers=said, **what)
        if response.status_code >= 400:
            raise Problem(response)
        return response

    def _call(
        self, method: str, path: str, *, query: Mapping[str, Any], **what: Any
    ) -> Any:
        """The answer as JSON; None where there is none."""
        params = {name: value for name, value in query.items() if value is not None}
        response = self._send(method, path, params=params, **what)
        return response.json() if response.content else None

    def _bytes(self, method: str, path: str, **what: Any) -> bytes:
        return self._send(method, path, **what).content

    def upload(self, reference: str, name: str, content: bytes) -> int:
        """Bring a file into a case, part by part; its number among the evidence.

        A part that was lost on the way is sent again from where the desk says it
        stands. Raises ``Problem``, or the error of the network once it fails on and on.
        """
        place = self._begin(reference, name, len(content))
        offset, cuts = 0, 0
        while True:
            try:
                answer = self._part(place, offset, content[offset : offset + PART])
                cuts = 0
            except httpx.TransportError:
                cuts += 1
                if cuts > MOST_CUTS:
                    raise
                answer = self._send("HEAD", place, headers=dict(TUS))
            offset = int(answer.headers["Upload-Offset"])
            found = answer.headers.get("Content-Location")
            if found:
                return int(found.rstrip("/").rsplit("/", 1)[-1])

    def _begin(self, reference: str, name: str, length: int) -> str:
        headers = {
            **TUS,
            "Upload-Length": str(length),
            "Upload-Metadata": f"filename {_base64(name.encode())}",
        }
        path = at("/api/v1/complaints/{}/uploads/", reference)
        return str(self._send("POST", path, headers=headers).headers["Location"])

    def _part(self, place: str, offset: int, part: bytes) -> httpx.Response:
        headers = {
            **TUS,
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {_base64(hashlib.sha256(part).digest())}",
        }
        return self._send("PATCH", place, headers=headers, content=part)


def at(path: str, *keys: object) -> str:
    """The path with its keys in place; none of them can lead elsewhere."""
    return path.format(*(quote(str(key), safe="") for key in keys))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
