"""Keeping order: saved views, cases one watches, tags on a case. All of it by POST."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
)
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.admin.moves import QUEUE, back_to
from complaints.admin.queue_address import filters_of, kept_query
from complaints.admin.scoped import viewer_for
from complaints.errors import NotPermitted, RecourseError
from complaints.selectors.desk import own_teams, views_of
from complaints.services import desk_order, tags


class OrderPages:
    """Views of ``ComplaintAdmin`` that change nothing about a case's way."""

    _case: Any

    def save_view_view(self, request: HttpRequest) -> HttpResponse:
        """Keep the filters of ``query`` under a name, for oneself or for one team."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        viewer, post = viewer_for(request), request.POST
        given = QueryDict(post.get("query", "")[:2000])
        query = kept_query(given, filters_of(given, viewer))
        team, code = None, post.get("team", "")
        if code:
            known = {team.code: team for team in own_teams(viewer)}
            team = known.get(code)
            if team is None:
                raise Http404
        address = f"{reverse(QUEUE)}?{query}"

        def save() -> None:
            nonlocal address
            view = desk_order.save_view(
                name=post.get("name", ""), query=query, actor=viewer, team=team
            )
            address += f"&saved={view.pk}"

        _said(request, save, _("The view is saved."))
        return HttpResponseRedirect(address)

    def drop_view_view(self, request: HttpRequest, number: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        viewer = viewer_for(request)
        view = views_of(viewer).filter(pk=number).first()
        if view is None:
            raise Http404
        _said(
            request,
            lambda: desk_order.drop_view(view=view, actor=viewer),
            _("The view is deleted. No case changed."),
        )
        return HttpResponseRedirect(f"{reverse(QUEUE)}?{view.query}")

    def watch_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        case, viewer = self._case(request, pk)
        on = request.POST.get("on") != "0"
        words = _("You watch this case.") if on else _("You watch it no longer.")
        _said(
            request,
            lambda: desk_order.watch(complaint=case, actor=viewer, on=on),
            words,
        )
        return HttpResponseRedirect(back_to(case, viewer))

    def tag_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put the tag ``name`` on the case, or take the tag ``drop`` off."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        case, viewer = self._case(request, pk)
        name = request.POST.get("name", "")
        key = request.POST.get("drop", "").replace("\0", "")
        if key:
            _said(
                request,
                lambda: tags.remove_tag(complaint=case, key=key, actor=viewer),
                _("The tag is taken off."),
            )
        else:
            _said(
                request,
                lambda: tags.add_tag(complaint=case, name=name, actor=viewer),
                _("The case has the tag."),
            )
        return HttpResponseRedirect(back_to(case, viewer, "tags"))


def _said(request: HttpRequest, act: Callable[[], object], words: str) -> None:
    """Do it and say so, or say in words why not."""
    try:
        act()
    except NotPermitted as error:
        raise PermissionDenied from error
    except RecourseError as error:
        messages.warning(request, str(error.words))
    else:
        messages.success(request, words)
