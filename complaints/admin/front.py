"""The first page of the staff's door: the queue, or what there is to configure."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

Index = Callable[..., Any]


def front(index: Index) -> Index:
    """``index`` is for who configures the desk; everybody else comes to their work."""

    def first(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if getattr(request.user, "is_superuser", False):
            return index(request, *args, **kwargs)
        return HttpResponseRedirect(reverse("admin:complaints_complaint_changelist"))

    return first
