"""Pages that a browser keeps and asks about: unchanged ones are not sent again."""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')

View = Callable[..., HttpResponse]


def revalidated(view: View) -> Callable[..., HttpResponseBase]:
    """Give a page an ETag over what it says, and answer 304 where that is known.

    The masked token of a form differs every time and means the same, so it is left
    out; the secret behind it counts, since an old page with another one cannot post.
    No shared cache keeps a page: it holds the reader's language and menu.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-cache"
        known = request.COOKIES and request.method in ("GET", "HEAD")
        if response.status_code != 200 or not known:
            return response
        etag = _etag(request, response.content)
        response["ETag"] = etag
        return get_conditional_response(request, etag=etag, response=response) or (
            response
        )

    return wrapped


def _etag(request: HttpRequest, body: bytes) -> str:
    secret = str(request.META.get("CSRF_COOKIE", "")).encode()
    return etag_of(_TOKEN.sub(b"", body) + secret)


def etag_of(body: bytes) -> str:
    return quote_etag(hashlib.sha256(body).hexdigest()[:32])
