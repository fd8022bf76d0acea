"""Pages that other sites may frame: those under ``/embed/`` and no others.

Whoever frames a page could lay anything over it, so such a page knows nobody by a
cookie: neither reads it a session nor does it set one.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from csp.constants import NONE
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

Answer = TypeVar("Answer", bound=HttpResponseBase)


def framed(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """A view that ``EMBED_ORIGINS`` may frame; without any, nobody may.

    No cookie proves anything there, so none has to be guarded against forgery.
    """

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> Answer:
        request.user = AnonymousUser()
        return open_to_frames(view(request, *args, **kwargs))

    return wrapped


def open_to_frames(response: Answer) -> Answer:
    """Name in the policy who may frame this page; the older header goes."""
    origins = settings.EMBED_ORIGINS
    replaced = {"frame-ancestors": origins or [NONE]}
    response._csp_replace = replaced  # type: ignore[attr-defined]
    if origins:
        response.xframe_options_exempt = True  # type: ignore[attr-defined]
    response["Cache-Control"] = "no-store, private"
    return response
