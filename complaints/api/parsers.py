"""JSON as RFC 8259 has it, of a size and depth that a person could have meant."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any, NoReturn

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from complaints.api.errors import TooLarge

LIMIT = 1_000_000
"""Bytes of one JSON body; 50,000 characters of text need at most 600,000."""


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names stand once each: of two, one would be lost unsaid."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate name")
    return found


class JSONParser(BaseParser):
    """UTF-8 whatever the sender calls it; numbers with a point stay exact.

    Raises ``ParseError`` or ``TooLarge``, never anything else.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(LIMIT + 1)
        if len(raw) > LIMIT:
            raise TooLarge
        try:
            return json.loads(
                raw.decode("utf-8"),
                parse_constant=_no_constant,
                parse_float=Decimal,
                object_pairs_hook=_once,
            )
        except (ValueError, ArithmeticError, RecursionError):
            # From nothing: the cause would keep a thousand frames alive.
            raise ParseError(_("This is not JSON in UTF-8."), "malformed") from None
