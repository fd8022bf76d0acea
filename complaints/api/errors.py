"""Every refusal as one problem document (RFC 9457) with a stable ``code``.

``{"type", "title", "status", "code", "detail"}``, with ``errors`` (field -> list of
code and detail) where values were wrong, and ``reasons`` (code and detail) where a
guard said no. Words are in the language of the request; codes never change.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from complaints.channels.safetext import storable
from complaints.errors import GuardRefused, InvalidInput, NotVisible, RecourseError

CONTENT_TYPE = "application/problem+json"


class TooLarge(exceptions.APIException):
    """More than one request may bring."""

    status_code = 413
    default_code = "too_large"
    default_detail = gettext_lazy("This is more than one request may bring.")


class VersionMissing(exceptions.APIException):
    """A move by somebody who did not say which version they looked at."""

    status_code = 428
    default_code = "version_missing"
    default_detail = gettext_lazy("Say in If-Match which version you looked at.")


class ProveAgain(exceptions.APIException):
    """Money, and the session gave no credentials within the last minutes."""

    status_code = 403
    default_code = "prove_again"
    default_detail = gettext_lazy(
        "Give your password or second factor again, at /accounts/reauthenticate/."
    )


def problem(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None for what is our own fault, which becomes a 500."""
    if isinstance(exc, Http404):
        exc = NotVisible()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if isinstance(exc, RecourseError):
        return _response(exc.status, exc.code, str(exc.words), _parts(exc))
    if isinstance(exc, exceptions.ValidationError):
        errors = _by_field(exc.get_full_details())
        words = _("Some values cannot be taken.")
        return _response(exc.status_code, "invalid", words, {"errors": errors})
    if isinstance(exc, exceptions.APIException):
        return _of_framework(exc)
    return None


def _parts(error: RecourseError) -> dict[str, Any]:
    if isinstance(error, GuardRefused):
        reasons = [{"code": r.code, "detail": str(r.words)} for r in error.refusals]
        return {"reasons": reasons}
    if isinstance(error, InvalidInput):
        line = {"code": error.reason, "detail": str(error.words)}
        return {"errors": {error.field or "": [line]}}
    return {}


CODES = {
    "authentication_failed": "not_authenticated",
    "permission_denied": "not_permitted",
    "throttled": "too_many",
    "error": "refused",
}
"""DRF's words for what we call otherwise."""


def _of_framework(exc: exceptions.APIException) -> Response:
    code = str(exc.get_codes())
    if isinstance(exc, exceptions.PermissionDenied) and "CSRF" in str(exc.detail):
        code = "csrf_failed"
    response = _response(exc.status_code, CODES.get(code, code), str(exc.detail), {})
    challenge = getattr(exc, "auth_header", None)
    if challenge:
        response["WWW-Authenticate"] = challenge
    wait = getattr(exc, "wait", None)
    if wait is not None:
        response["Retry-After"] = str(max(1, int(wait)))
    return response


def _response(status: int, code: str, words: str, parts: dict[str, Any]) -> Response:
    body = {
        "type": "about:blank",
        "title": _phrase(status),
        "status": status,
        "code": code,
        "detail": storable(words),
    }
    return Response(body | parts, status=status, content_type=CONTENT_TYPE)


def _phrase(status: int) -> str:
    """What HTTP calls it; 460 is of tus alone and has no name there."""
    known = status in HTTPStatus._value2member_map_
    return HTTPStatus(status).phrase if known else "Checksum Mismatch"


def _by_field(details: Any, path: str = "") -> dict[str, list[dict[str, str]]]:
    """DRF's nested details as one level: ``points.3`` -> lines of code and detail."""
    if isinstance(details, Mapping) and set(details) == {"message", "code"}:
        line = {"code": details["code"], "detail": storable(str(details["message"]))}
        return {path: [line]}
    pairs = details.items() if isinstance(details, Mapping) else enumerate(details)
    found: dict[str, list[dict[str, str]]] = {}
    for key, value in pairs:
        for name, lines in _by_field(value, _joined(path, key, value)).items():
            found.setdefault(name, []).extend(lines)
    return found


def _joined(path: str, key: Any, value: Any) -> str:
    if isinstance(key, int) and isinstance(value, Mapping) and "code" in value:
        return path  # a place in a list of errors, not in what was sent
    name = "" if key == "non_field_errors" else storable(str(key))[:60]
    return ".".join(part for part in (path, name) if part)
