"""Files in parts: tus 1.0.0 with creation, expiration, termination and checksum.

https://tus.io/protocols/resumable-upload; a phone that loses its network asks by HEAD
how far it came and goes on from there.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.errors import TooLarge
from complaints.api.sight import Sight
from complaints.api.views.base import REFERENCE, View, described
from complaints.channels.app import uploads
from complaints.channels.app.models import Upload
from complaints.errors import NotPermitted
from complaints.models import Evidence
from complaints.services.evidence import FILE_LIMIT

VERSION = "1.0.0"
PART = "application/offset+octet-stream"
ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
"""Those that clients send; it finds damage on the way and proves nothing else."""

METADATA_LIMIT = 2_000
OVERRIDDEN = frozenset({"HEAD", "PATCH", "DELETE"})


class WrongVersion(exceptions.APIException):
    """The caller speaks another version of tus."""

    status_code = 412
    default_code = "tus_version"
    default_detail = _("Send Tus-Resumable: 1.0.0.")


class BadChecksum(exceptions.APIException):
    """The part was damaged on its way; it is not kept."""

    status_code = 460
    default_code = "checksum_mismatch"
    default_detail = _("The part was damaged on its way. Send it again.")


def _header(name: str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, **more)


TUS = _header("Tus-Resumable", required=True, enum=[VERSION])
KEY = OpenApiParameter("key", str, OpenApiParameter.PATH)


class Tus(View):
    """The headers that every answer has, and the one that every request needs."""

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Some networks let no PATCH pass; the protocol has a header for them."""
        wanted = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and wanted in OVERRIDDEN:
            request.method = wanted
        return super().dispatch(request, *args, **kwargs)

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Tus-Resumable"] = final["Tus-Version"] = VERSION
        final["Cache-Control"] = "no-store"
        return final

    def options(  # type: ignore[override]
        self, request: Request, reference: str, *args: Any, **kwargs: Any
    ) -> Response:
        """What tus can do here, for whoever could send a file to this case."""
        if not self.sight(request, reference).is_own:
            raise NotPermitted
        return Response(
            status=204,
            headers={
                "Tus-Max-Size": str(FILE_LIMIT),
                "Tus-Extension": "creation,expiration,termination,checksum",
                "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
            },
        )

    def own(self, request: Request, reference: str) -> Sight:
        """The case, for its customer alone; asked before anything of the protocol.

        Raises ``NotVisible``, ``NotPermitted`` or ``WrongVersion``.
        """
        sight = self.sight(request, reference)
        if not sight.is_own:
            raise NotPermitted
        if request.headers.get("Tus-Resumable") != VERSION:
            raise WrongVersion
        return sight


class Uploads(Tus):
    """Where a customer's upload begins."""

    @described(
        "Begin a file in parts (tus)",
        400,
        403,
        404,
        412,
        413,
        422,
        answer={201: None},
        request=None,
        parameters=[
            REFERENCE,
            TUS,
            _header("Upload-Length", required=True, description="Bytes."),
            _header("Upload-Metadata", description="filename and its name in Base64."),
        ],
    )
    def post(self, request: Request, reference: str) -> Response:
        sight = self.own(request, reference)
        length = _number(request, "Upload-Length")
        if length > FILE_LIMIT:
            raise TooLarge
        name = _metadata(request).get("filename", "file")
        upload = uploads.begin(
            complaint=sight.case, actor=sight.viewer, name=name, length=length
        )
        response = Response(status=201, headers=_where(upload))
        response["Location"] = request.build_absolute_uri(
            reverse("api:upload", args=[sight.case.reference, upload.key])
        )
        return response


class OneUpload(Tus):
    """One upload, for who began it."""

    def _upload(self, request: Request, reference: str, key: str) -> Any:
        sight = self.own(request, reference)
        maker = sight.viewer.user
        return sight, uploads.find(complaint=sight.case, maker=maker, key=key)

    @extend_schema(exclude=True)
    def head(self, request: Request, reference: str, key: str) -> Response:
        _sight, upload = self._upload(request, reference, key)
        headers = {**_where(upload), "Upload-Length": str(upload.length)}
        return _with_place(Response(status=200, headers=headers), upload.evidence)

    @described(
        "Send the next part (tus)",
        400,
        403,
        404,
        409,
        412,
        415,
        422,
        460,
        answer={204: None},
        request={PART: OpenApiTypes.BINARY},
        parameters=[
            REFERENCE,
            KEY,
            TUS,
            _header("Upload-Offset", required=True, description="Bytes."),
            _header("Upload-Checksum", description="sha256 and the digest in Base64."),
        ],
    )
    def patch(self, request: Request, reference: str, key: str) -> Response:
        sight, upload = self._upload(request, reference, key)
        if request.content_type != PART:
            raise exceptions.UnsupportedMediaType(request.content_type or "")
        offset = _number(request, "Upload-Offset")
        content = _content(request, most=max(0, upload.length - offset))
        _check_sum(request, content)
        done = uploads.append(
            upload=upload, offset=offset, content=content, actor=sight.viewer
        )
        return _with_place(Response(status=204, headers=_where(upload)), done)

    @described(
        "End an upload and forget it (tus)",
        403,
        404,
        409,
        412,
        answer={204: None},
        parameters=[REFERENCE, KEY, TUS],
    )
    def delete(self, request: Request, reference: str, key: str) -> Response:
        _sight, upload = self._upload(request, reference, key)
        uploads.end(upload=upload)
        return Response(status=204)


def _where(upload: Upload) -> dict[str, str]:
    return {
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }


def _with_place(response: Response, done: Evidence | None) -> Response:
    """Say where the file stands once it is whole; a lost answer may be asked again."""
    if done is not None:
        place = [done.complaint.reference, done.number]
        response["Content-Location"] = reverse("api:evidence-file", args=place)
    return response


def _number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise exceptions.ParseError(name, "bad_header")
    return int(text)


def _metadata(request: Request) -> dict[str, str]:
    """``Upload-Metadata``: names, each with a value in Base64 or none."""
    text = request.headers.get("Upload-Metadata", "")
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, _space, value = pair.partition(" ")
        try:
            raw = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise exceptions.ParseError("Upload-Metadata", "bad_header") from None
        if len(text) > METADATA_LIMIT or name in found:
            raise exceptions.ParseError("Upload-Metadata", "bad_header")
        found[name] = raw.decode("utf-8", "replace")
    return found


def _content(request: Request, *, most: int) -> bytes:
    """The body, one byte more at most than fits, so that too much is noticed."""
    try:
        body: bytes = request.read(most + 1)
    except (UnreadablePostError, OSError):
        raise exceptions.ParseError("body", "cut_short") from None
    return body


def _check_sum(request: Request, content: bytes) -> None:
    text = request.headers.get("Upload-Checksum", "")
    if not text:
        return
    name, _space, value = text.partition(" ")
    try:
        wanted = base64.b64decode(value, validate=True)
        made = ALGORITHMS[name](content).digest()
    except (KeyError, binascii.Error, ValueError):
        raise exceptions.ParseError("Upload-Checksum", "bad_header") from None
    if not hmac.compare_digest(made, wanted):
        raise BadChecksum
