"""One page for every transition of every object: ask, perform, say what came of it.

Appeals use it too: ``class AppealAdmin(TransitionAdminMixin, TeamScopedAdmin)``.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from complaints.admin.move_form import MoveForm
from complaints.admin.rail import framed
from complaints.admin.review import REVIEWED, review_of
from complaints.admin.scoped import viewer_for
from complaints.errors import (
    GuardRefused,
    IllegalMove,
    InvalidInput,
    NotPermitted,
    NotVisible,
    RecourseError,
    Stale,
)
from complaints.models import Complaint, Event
from complaints.permissions import Viewer
from complaints.selectors.money import moves_money
from complaints.selectors.triage import triage_of
from complaints.transitions import Kind, Offer, Spec
from complaints.worded import Worded
from complaints.workflow import available_transitions, offer_of, perform, transitions_of
from config import sudo
from teams.roles import Perm

QUEUE = "admin:complaints_complaint_changelist"
CASE = "admin:complaints_complaint_change"
STATUS = "admin:complaints_complaint_status"
JUDGED = frozenset({"admit", "refuse_admission", "not_a_complaint"})
TAKEN_OVER = ("category", "team", "severity")


@dataclass(frozen=True)
class Button:
    """An offer as the page shows it: where it leads, and why it would be refused."""

    offer: Offer
    url: str
    version: int

    @property
    def at_once(self) -> bool:
        """Nothing is asked or read, and it can be undone: one press does it."""
        asks = self.offer.fields or self.offer.name in REVIEWED
        return not asks and not self.offer.spec.grave


@dataclass(frozen=True)
class Move:
    """One request to move one object: ``offer`` is None when it is not open now."""

    obj: Any
    name: str
    spec: Spec
    offer: Offer | None
    viewer: Viewer


def do_url(obj: Any, name: str) -> str:
    """The page of transition ``name`` of ``obj``."""
    meta = obj._meta
    route = f"admin:{meta.app_label}_{meta.model_name}_do"
    return reverse(route, args=(obj.pk, name))


def buttons_of(obj: Any, viewer: Viewer) -> list[Button]:
    """What ``viewer``, who sees ``obj``, may ask of it now, in the workflow's order."""
    offers = available_transitions(obj, viewer, seen=True)
    return [Button(offer, do_url(obj, offer.name), obj.version) for offer in offers]


def words_of(error: RecourseError) -> list[str]:
    """A refusal as sentences, one a reason."""
    if isinstance(error, GuardRefused):
        return [str(refusal.words) for refusal in error.refusals]
    return [str(error.words)]


def explain(form: forms.Form, error: RecourseError) -> None:
    """Put the words of a refusal at the field they are about, or above the form."""
    name = error.field if isinstance(error, InvalidInput) else ""
    for words in words_of(error):
        form.add_error(name if name in form.fields else None, words)


_STILL_SEEN = Worded(
    lambda viewer, case: (
        Complaint.objects.visible_to(viewer).filter(pk=case).values_list("pk")
    )
)


def back_to(case: Complaint, viewer: Viewer, anchor: str = "") -> str:
    """The case page, or what of it is still the viewer's to see, or the queue."""
    if _STILL_SEEN.rows(viewer, case=case.pk):
        return reverse(CASE, args=(case.pk,)) + (f"#{anchor}" if anchor else "")
    if viewer.holds(Perm.VIEW_STATUS) and not case.barrier:
        return reverse(STATUS, args=(case.pk,))
    return reverse(QUEUE)


class TransitionAdminMixin:
    """Adds ``<pk>/do/<name>/`` to a ``TeamScopedAdmin`` of a ``Stateful`` model."""

    model: Any
    admin_site: Any
    move_template = "admin/complaints/move.html"
    conflict_template = "admin/complaints/conflict.html"

    def get_urls(self) -> list[URLPattern]:
        meta = self.model._meta
        do = path(
            "<int:pk>/do/<slug:name>/",
            self.admin_site.admin_view(self.do_view),
            name=f"{meta.app_label}_{meta.model_name}_do",
        )
        return [do, *super().get_urls()]  # type: ignore[misc]

    def do_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """GET asks, POST performs; the refusal comes back with all that was typed.

        Money asks first who it is: what was sent goes on by itself afterwards.
        """
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        move = self._move(request, pk, name)
        if move.offer is None:
            return self._not_open(request, move)
        if moves_money(move.obj, move.name):
            sudo.require(request)
        if request.method != "POST":
            return self._page(request, move, self._form(move, taken=request.GET))
        return self._perform(request, move)

    def _move(self, request: HttpRequest, pk: int, name: str) -> Move:
        viewer = viewer_for(request)
        if name not in transitions_of(self.model):
            raise Http404
        spec = transitions_of(self.model)[name][1]
        rows = self.model.objects
        seen = rows.status_visible_to if spec.by_customer else rows.visible_to
        obj = seen(viewer).filter(pk=pk).first()
        if obj is None or spec.internal:
            raise Http404
        return Move(obj, name, spec, offer_of(obj, name, viewer), viewer)

    def _form(self, move: Move, data: Any = None, taken: Any = None) -> MoveForm:
        """``taken`` is what was taken over from a suggestion; a person sends it."""
        assert move.offer is not None  # noqa: S101 - asked by the caller
        initial = {name: taken[name] for name in TAKEN_OVER if name in (taken or ())}
        return MoveForm(
            data, offer=move.offer, obj=move.obj, viewer=move.viewer, initial=initial
        )

    def _not_open(self, request: HttpRequest, move: Move) -> HttpResponse:
        """Not from this state: 409 with what was typed. Not this role's: 403."""
        method = transitions_of(self.model)[move.name][0]
        meta = method._django_fsm  # type: ignore[attr-defined]
        if meta.has_transition(move.obj.state):
            raise PermissionDenied
        return self._conflict(request, move, IllegalMove())

    def _perform(self, request: HttpRequest, move: Move) -> HttpResponse:
        form = self._form(move, request.POST)
        if not form.is_valid():
            return self._page(request, move, form, status=422)
        try:
            perform(
                move.obj,
                move.name,
                actor=move.viewer,
                expected_version=form.cleaned_data["version"],
                **form.given(),
            )
        except NotVisible as error:
            raise Http404 from error
        except NotPermitted as error:
            raise PermissionDenied from error
        except (Stale, IllegalMove) as error:
            return self._conflict(request, move, error)
        except RecourseError as error:
            explain(form, error)
            return self._page(request, move, form, status=error.status)
        return self._done(request, move)

    def _done(self, request: HttpRequest, move: Move) -> HttpResponse:
        case, url = move.obj.case, back_to(move.obj.case, move.viewer)
        words = _("%(move)s: done.") % {"move": move.spec.label}
        if url.startswith(reverse(CASE, args=(case.pk,))):
            words += " " + _("Now: %(state)s.") % {
                "state": move.obj.get_state_display()
            }
        else:
            words += " " + _("You no longer see %(case)s in full.") % {"case": case}
        messages.success(request, words)
        return HttpResponseRedirect(url)

    # Pages -----------------------------------------------------------------------

    def _page(
        self, request: HttpRequest, move: Move, form: MoveForm, status: int = 200
    ) -> HttpResponse:
        context = {
            **self._frame(request, move),
            "form": form,
            "refusals": move.offer.refusals if move.offer else (),
            "review": review_of(move.obj, move.viewer) if _is_reviewed(move) else None,
            "to_read": _is_judged(move),
            "triage": triage_of(move.obj, move.viewer) if _is_triage(move) else None,
        }
        return TemplateResponse(request, self.move_template, context, status=status)

    def _conflict(
        self, request: HttpRequest, move: Move, error: RecourseError
    ) -> HttpResponse:
        """Somebody was faster: what they did, what was typed here, and a way on."""
        obj = self.model.objects.status_visible_to(move.viewer).get(pk=move.obj.pk)
        offer = offer_of(obj, move.name, move.viewer)
        fresh = Move(obj, move.name, move.spec, offer, move.viewer)
        seen = self.model.objects.visible_to(move.viewer).filter(pk=obj.pk).exists()
        context = {
            **self._frame(request, fresh),
            "words": words_of(error),
            "theirs": _since(obj, request.POST.get("version", "")) if seen else [],
            "yours": _typed(move.spec, request.POST),
            "form": self._again(fresh, request.POST) if offer else None,
        }
        return TemplateResponse(request, self.conflict_template, context, status=409)

    def _again(self, move: Move, post: Any) -> MoveForm:
        data = post.copy()
        data["version"] = str(move.obj.version)
        return self._form(move, data)

    def _frame(self, request: HttpRequest, move: Move) -> dict[str, Any]:
        case, url = move.obj.case, back_to(move.obj.case, move.viewer)
        inside = url.startswith(reverse(CASE, args=(case.pk,)))
        return {
            **framed(self.admin_site, request),
            "title": move.spec.label,
            "subtitle": str(move.obj.case),
            "move": move,
            "case": case,
            "in_full": inside,
            "state_words": move.obj.get_state_display()
            if inside
            else case.public_label.label,
            "back_url": url,
            "action": do_url(move.obj, move.name),
        }


def _is_triage(move: Move) -> bool:
    return isinstance(move.obj, Complaint) and move.name == "admit"


def _is_judged(move: Move) -> bool:
    """Whether the move judges what the customer wrote, so that it is read here."""
    case = move.obj
    return isinstance(case, Complaint) and move.name in JUDGED and not case.erased_at


def _is_reviewed(move: Move) -> bool:
    return isinstance(move.obj, Complaint) and move.name in REVIEWED


def _since(obj: Any, version: str) -> list[Event]:
    """The moves of ``obj`` since the version that was looked at, newest first."""
    if not version.isdecimal() or len(version) > 9:
        return []
    rows = Event.objects.filter(
        object_type=obj.OBJECT_TYPE, object_id=obj.pk, object_version__gt=int(version)
    )
    events = list(rows.select_related("actor").order_by("-seq")[:20])
    table: Any = type(obj)
    labels = {name: spec.label for name, (_m, spec) in transitions_of(table).items()}
    for event in events:
        event.words = labels.get(event.what, event.what)  # type: ignore[attr-defined]
    return events


def _typed(spec: Spec, post: Any) -> list[tuple[Any, str]]:
    """What was written into the form, so that no page ever loses it."""
    kept = (Kind.TEXT, Kind.LINE, Kind.COMPLAINT)
    return [
        (field.label, post[field.name])
        for field in spec.fields
        if field.kind in kept and post.get(field.name)
    ]
