"""Restricted files: the pages behind an information barrier, for those inside alone.

They read the case without a share of it, so that whoever looks into a suspicion shows
up nowhere in the case: not among its readers, not in its lists, not in its story.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin import barrier_forms as forms
from complaints.admin.moves import QUEUE, explain
from complaints.admin.rail import framed
from complaints.admin.scoped import viewer_for
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.models import Complaint, Evidence, InformationBarrier
from complaints.permissions import Viewer
from complaints.selectors.timeline import story_for_staff
from complaints.services import barriers, sealed_files
from complaints.serving import as_attachment
from complaints.states import Barrier
from complaints.transitions import Words

LIST = "admin:complaints_complaint_restricted"
FILE = "admin:complaints_complaint_barrier"


@dataclass(frozen=True)
class Deed:
    """One thing that is done on the page: its form, its button, its service."""

    form: type[forms.InsideForm]
    button: Words
    done: Words
    run: Callable[[InformationBarrier, Viewer, Any], object]
    runner: bool = True
    """Only for whoever runs the barrier, not for everybody inside."""


def _write(barrier: InformationBarrier, viewer: Viewer, form: Any) -> object:
    return barriers.write(barrier=barrier, actor=viewer, **form.cleaned_data)


def _keep(barrier: InformationBarrier, viewer: Viewer, form: Any) -> object:
    return sealed_files.keep_file(barrier=barrier, upload=form.upload(), actor=viewer)


def _let_in(barrier: InformationBarrier, viewer: Viewer, form: Any) -> object:
    return barriers.let_in(barrier=barrier, actor=viewer, **form.cleaned_data)


def _let_out(barrier: InformationBarrier, viewer: Viewer, form: Any) -> object:
    barriers.let_out(barrier=barrier, actor=viewer, **form.cleaned_data)
    return None


def _move(barrier: InformationBarrier, viewer: Viewer, form: Any) -> object:
    barriers.move_behind(barrier=barrier, row=form.chosen(), actor=viewer)
    return None


def _take_down(barrier: InformationBarrier, viewer: Viewer, form: Any) -> object:
    barriers.take_down(barrier=barrier, actor=viewer, **form.cleaned_data)
    return None


DEEDS: Mapping[str, Deed] = {
    "note": Deed(
        forms.InsideNoteForm,
        gettext_lazy("Keep the note inside"),
        gettext_lazy("The note is kept behind the barrier."),
        _write,
        runner=False,
    ),
    "file": Deed(
        forms.InsideFileForm,
        gettext_lazy("Seal the file inside"),
        gettext_lazy("The file is sealed behind the barrier."),
        _keep,
        runner=False,
    ),
    "let-in": Deed(
        forms.LetInForm,
        gettext_lazy("Let in"),
        gettext_lazy("The person is inside and told so."),
        _let_in,
    ),
    "let-out": Deed(
        forms.LetOutForm,
        gettext_lazy("Let out"),
        gettext_lazy("The person is outside now."),
        _let_out,
    ),
    "move": Deed(
        forms.MoveBehindForm,
        gettext_lazy("Move behind the barrier"),
        gettext_lazy("It is out of sight for everybody outside."),
        _move,
    ),
    "take-down": Deed(
        forms.TakeDownForm,
        gettext_lazy("Take the barrier down"),
        gettext_lazy("The barrier is down. What was written inside stays sealed."),
        _take_down,
    ),
}


class BarrierPages:
    """Mixin of ``ComplaintAdmin``."""

    admin_site: Any

    def restricted_view(self, request: HttpRequest) -> HttpResponse:
        """The files the viewer is inside of, and putting up a new barrier."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        viewer = viewer_for(request)
        kinds = barriers.kinds_for(viewer)
        rows = InformationBarrier.objects.visible_to(viewer)
        inside = list(rows.select_related("complaint", "raised_by"))
        if not kinds and not inside:
            raise PermissionDenied
        form = _put_up_form(request, kinds)
        if request.method == "POST" and form is not None and form.is_valid():
            answer = _put_up(request, viewer, form)
            if answer is not None:
                return answer
        context = {
            **framed(self.admin_site, request),
            "title": _("Restricted files"),
            "barriers": inside,
            "form": form,
            "back_url": reverse(QUEUE),
        }
        status = 422 if form is not None and form.errors else 200
        template = "admin/complaints/restricted.html"
        return TemplateResponse(request, template, context, status=status)

    def barrier_view(self, request: HttpRequest, barrier_pk: int) -> HttpResponse:
        """One file: who is inside, what is kept there, and the case beside it."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        viewer = viewer_for(request)
        barrier = _inside_or_404(viewer, barrier_pk)
        deeds = _deeds(barrier, viewer)
        if request.method != "POST":
            return self._barrier_page(request, barrier, viewer, deeds)
        name = request.POST.get("do", "")
        if name not in deeds:
            raise PermissionDenied
        form = deeds[name].form(
            request.POST, request.FILES, barrier=barrier, prefix=name
        )
        if form.is_valid() and _did(deeds[name], barrier, viewer, form):
            messages.success(request, str(deeds[name].done))
            left = name == "take-down"
            url = reverse(LIST) if left else reverse(FILE, args=(barrier.pk,))
            return HttpResponseRedirect(url)
        return self._barrier_page(request, barrier, viewer, deeds, {name: form})

    def _barrier_page(
        self,
        request: HttpRequest,
        barrier: InformationBarrier,
        viewer: Viewer,
        deeds: Mapping[str, Deed],
        bound: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        case, tried = barrier.complaint, bound or {}
        files = list(Evidence.objects.filter(complaint=case))
        shown = {
            name.replace("-", "_"): {
                "name": name,
                "button": deed.button,
                "form": tried.get(name) or deed.form(barrier=barrier, prefix=name),
            }
            for name, deed in deeds.items()
        }
        context = {
            **framed(self.admin_site, request),
            "title": barrier.get_kind_display(),
            "subtitle": case.reference,
            "barrier": barrier,
            "case": case,
            "deeds": shown,
            "passes": barriers.passes(barrier).select_related("user", "granted_by"),
            "notes": barriers.notes(barrier),
            "files": barriers.files(barrier),
            "case_files": files,
            "entries": story_for_staff(case, viewer, files),
            "form": next(iter(tried.values()), None),
            "back_url": reverse(LIST),
        }
        template = "admin/complaints/barrier.html"
        status = 422 if tried else 200
        return TemplateResponse(request, template, context, status=status)

    def barrier_file_view(
        self, request: HttpRequest, barrier_pk: int, number: int
    ) -> HttpResponseBase:
        """A file from behind the barrier, or of its case, as an attachment."""
        viewer = viewer_for(request)
        barrier = _inside_or_404(viewer, barrier_pk)
        try:
            file, opened = sealed_files.open_file(
                barrier=barrier, pk=number, actor=viewer
            )
        except (NotVisible, FileNotFoundError) as error:
            raise Http404 from error
        return as_attachment(opened, file, prefix=f"{file.label} ")


def _inside_or_404(viewer: Viewer, pk: int) -> InformationBarrier:
    rows = InformationBarrier.objects.visible_to(viewer).select_related(
        "complaint__customer", "complaint__team", "complaint__handler", "raised_by"
    )
    barrier = rows.filter(pk=pk).first()
    if barrier is None:
        raise Http404
    return barrier


def _deeds(barrier: InformationBarrier, viewer: Viewer) -> dict[str, Deed]:
    """What this viewer may do here now."""
    runs = barriers.may_run(barrier.kind, viewer)
    found = {name: deed for name, deed in DEEDS.items() if runs or not deed.runner}
    if barrier.kind == Barrier.SUSPICION:
        found.pop("move", None)
    return found


def _put_up_form(request: HttpRequest, kinds: list[str]) -> forms.PutUpForm | None:
    if not kinds:
        return None
    if request.method == "POST":
        return forms.PutUpForm(request.POST, kinds=kinds)
    asked = {"reference": request.GET.get("reference", "")[:40]}
    return forms.PutUpForm(kinds=kinds, initial=asked)


def _put_up(
    request: HttpRequest, viewer: Viewer, form: forms.PutUpForm
) -> HttpResponse | None:
    data = dict(form.cleaned_data)
    case: Complaint = data.pop("reference")
    try:
        barrier = barriers.put_up(complaint=case, actor=viewer, **data)
    except NotPermitted as error:
        raise PermissionDenied from error
    except NotVisible as error:
        form.add_error("reference", str(error.words))
        return None
    except RecourseError as error:
        explain(form, error)
        return None
    messages.success(request, _("The barrier is up. You are inside."))
    return HttpResponseRedirect(reverse(FILE, args=(barrier.pk,)))


def _did(deed: Deed, barrier: InformationBarrier, viewer: Viewer, form: Any) -> bool:
    try:
        deed.run(barrier, viewer, form)
    except NotPermitted as error:
        raise PermissionDenied from error
    except NotVisible as error:
        raise Http404 from error
    except RecourseError as error:
        explain(form, error)
        return False
    return True
