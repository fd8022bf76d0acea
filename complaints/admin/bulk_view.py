"""Many cases at once: look first, then do it, then read what became of each."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.admin.bulk_forms import FORMS, BulkForm
from complaints.admin.keys import is_key
from complaints.admin.moves import CASE, QUEUE
from complaints.admin.queue_address import filters_of, kept_query
from complaints.admin.rail import rail_groups
from complaints.admin.scoped import desk_context, viewer_for
from complaints.models import BulkRun, Complaint
from complaints.permissions import Viewer
from complaints.selectors.queue import seen
from complaints.services import bulk
from complaints.states import Barrier, State
from teams.roles import Perm


@dataclass(frozen=True)
class Asked:
    """What came with a request: an act, and pairs of key and version looked at."""

    act: str
    pairs: dict[int, int | None]
    key: str
    back: str


class BulkPages:
    """Views of ``ComplaintAdmin`` on the cases chosen in the queue."""

    admin_site: Any

    def bulk_view(self, request: HttpRequest) -> HttpResponse:
        """GET shows what would be done, POST does it and leads to the answers."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        viewer = viewer_for(request)
        if not viewer.holds(Perm.HANDLE):
            raise PermissionDenied
        given = request.POST if request.method == "POST" else request.GET
        asked = _asked(given, viewer)
        if asked.act not in bulk.ACTS:
            raise Http404
        chosen = _chosen(asked, viewer)
        if not chosen or len(asked.pairs) > bulk.MOST:
            words = _("Choose between one and %(most)s cases.") % {"most": bulk.MOST}
            messages.warning(request, words)
            return HttpResponseRedirect(f"{reverse(QUEUE)}?{asked.back}")
        data = request.POST if request.method == "POST" else None
        form = FORMS[asked.act](data, chosen=chosen, viewer=viewer)
        if data is None or not form.is_valid():
            return self._preview(request, viewer, asked, form)
        return _run(asked, chosen, viewer, form)

    def _preview(
        self, request: HttpRequest, viewer: Viewer, asked: Asked, form: BulkForm
    ) -> HttpResponse:
        act = bulk.ACTS[asked.act]
        context = {
            **desk_context(self.admin_site, request),
            "title": _title(act, len(form.chosen)),
            "act": asked.act,
            "button": act.label,
            "form": form,
            "rows": [(case, act.way(case, viewer)) for case in form.chosen],
            "states": dict(State.choices),
            "missing": len(asked.pairs) - len(form.chosen),
            "key": asked.key,
            "back": asked.back,
            "back_url": f"{reverse(QUEUE)}?{asked.back}",
            "rail_groups": rail_groups(viewer, self.admin_site, request),
        }
        template = "admin/complaints/bulk.html"
        status = 422 if form.errors else 200
        return TemplateResponse(request, template, context, status=status)

    def bulk_done_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """What became of each case of one's own run."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        run = BulkRun.objects.filter(user=viewer.user, key=key).first()
        if run is None:
            raise Http404
        back = filters_of(QueryDict(request.GET.get("back", "")), viewer)
        context = {
            **desk_context(self.admin_site, request),
            "title": _title(bulk.act_of(run.act), len(run.items)),
            "rows": _answers(run, viewer),
            "sums": _sums(run),
            "under_way": any(not item["outcome"] for item in run.items),
            "back_url": f"{reverse(QUEUE)}?view={back.view}",
            **_back_to_incident(request.GET.get("incident", "")),
            "rail_groups": rail_groups(viewer, self.admin_site, request),
        }
        return TemplateResponse(request, "admin/complaints/bulk_done.html", context)


def _back_to_incident(key: str) -> dict[str, str]:
    """Where the run came from, when that was no queue."""
    if not is_key(key):
        return {}
    url = reverse("admin:complaints_incident_change", args=(int(key),))
    return {"back_url": f"{url}#members", "back_words": _("Back to the incident")}


def _title(act: bulk.Act, number: int) -> str:
    words = ngettext("%(act)s: %(n)s case", "%(act)s: %(n)s cases", number)
    return words % {"act": act.label, "n": number}


def _asked(given: QueryDict, viewer: Viewer) -> Asked:
    back = QueryDict(given.get("back", "")[:2000])
    return Asked(
        act=given.get("act", ""),
        pairs=pairs_of(given.getlist("case")),
        key=key_of(given.get("key", "")),
        back=kept_query(back, filters_of(back, viewer)),
    )


def pairs_of(texts: Sequence[str]) -> dict[int, int | None]:
    """Cases by key, with the version looked at: they come as ``12`` from a list and as
    ``12:3`` from a preview."""
    pairs: dict[int, int | None] = {}
    for text in texts[: 2 * bulk.MOST]:
        pk, _colon, version = text.partition(":")
        if is_key(pk):
            pairs[int(pk)] = int(version) if is_key(version) else None
    return pairs


def key_of(text: str) -> str:
    """The key of the page that was shown; a new one where it is none."""
    try:
        return uuid.UUID(hex=text).hex
    except ValueError:
        return uuid.uuid4().hex


def _chosen(asked: Asked, viewer: Viewer) -> list[Complaint]:
    """Those of them that this viewer sees, first due first."""
    rows = seen(viewer).filter(pk__in=list(asked.pairs)[: bulk.MOST])
    return list(rows.select_related("team", "handler").order_by("next_due_at", "pk"))


def _run(
    asked: Asked, chosen: list[Complaint], viewer: Viewer, form: BulkForm
) -> HttpResponse:
    """Of a case without a version the present one was not looked at by anybody."""
    pairs = [(case.pk, asked.pairs[case.pk]) for case in chosen]
    run = bulk.run(
        key=asked.key,
        act=asked.act,
        cases=[(pk, -1 if version is None else version) for pk, version in pairs],
        given=form.cleaned_data,
        actor=viewer,
    )
    url = reverse("admin:complaints_complaint_bulk_done", args=(run.key,))
    return HttpResponseRedirect(url)


def _answers(run: BulkRun, viewer: Viewer) -> list[dict[str, Any]]:
    """By reference, unless a barrier was put around the case since then."""
    keys = [item["case"] for item in run.items]
    open_to = set(seen(viewer).filter(pk__in=keys).values_list("pk", flat=True))
    known = Complaint.objects.filter(Q(pk__in=open_to) | Q(barrier=Barrier.NONE))
    names = dict(known.filter(pk__in=keys).values_list("pk", "reference"))
    return [
        {
            **item,
            "reference": names.get(item["case"], ""),
            "url": reverse(CASE, args=(item["case"],))
            if item["case"] in open_to
            else "",
        }
        for item in run.items
    ]


def _sums(run: BulkRun) -> str:
    """ "58 done, 2 not done"."""
    outcomes = [item["outcome"] for item in run.items]
    words = _("%(done)s done, %(same)s were so already, %(refused)s not done.")
    return words % {
        name: outcomes.count(value)
        for name, value in (
            ("done", bulk.DONE),
            ("same", bulk.SAME),
            ("refused", bulk.REFUSED),
        )
    }
