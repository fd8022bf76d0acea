"""A provider's delivery, as its library wants a request: body and form at any size.

Django takes forms up to a limit that a mail with files is beyond, and decodes their
fields; a raw mail has to stay what it is, byte for byte.
"""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

from complaints.channels.email import mime, parameters
from complaints.channels.safetext import display_name

MULTIPART = "multipart/form-data"
MOST_PARTS = 1_000
"""Of a form; more than of a mail, so that it is the mail that is found too large."""


class Posted(HttpRequest):
    """``request`` over again, with ``body`` read already. Never raises for a form that
    is none; ``json`` raises ``ValueError``."""

    body: bytes = b""
    is_cut = False
    """Whether the form had more parts than are read."""

    def __init__(self, request: HttpRequest, body: bytes) -> None:
        super().__init__()
        self.body, self.META, self.path = body, request.META, request.path
        self.method = request.method
        kind = str(request.META.get("CONTENT_TYPE", ""))
        self.content_type, self.content_params = parameters.read(kind.encode())
        self.raw_fields: dict[str, bytes] = {}
        fields = QueryDict(mutable=True)
        self.FILES: MultiValueDict[str, Any] = MultiValueDict()
        if self.content_type == MULTIPART:
            self._read_parts(kind, fields)
        elif self.content_type == "application/x-www-form-urlencoded":
            fields = QueryDict(body, encoding="utf-8", mutable=True)
            exact = QueryDict(body, encoding="latin-1")
            self.raw_fields = {k: str(exact[k]).encode("latin-1") for k in exact}
        self.POST = fields  # type: ignore[assignment]

    def _read_parts(self, kind: str, fields: QueryDict) -> None:
        whole = b"Content-Type: " + kind.encode() + b"\r\n\r\n" + self.body
        budget = mime.Budget(parts=MOST_PARTS)
        for part in mime.read(whole, budget).children:
            _name, given = parameters.read(part.headers.raw("content-disposition"))
            name = given.get("name", "")
            if part.filename:
                self.FILES.appendlist(name, _file(part))
            else:
                self.raw_fields[name] = part.content()
                fields.appendlist(name, part.content().decode("utf-8", "replace"))
        self.is_cut = bool(budget.problems)

    @cached_property
    def json(self) -> Any:
        return json.loads(self.body)


def _file(part: mime.Part) -> SimpleUploadedFile:
    name = display_name(part.filename) or "file"
    return SimpleUploadedFile(name, part.content(), part.content_type)
