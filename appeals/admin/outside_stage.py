"""What the desk's pages of the outside stage share: the row, one form, the way back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from appeals.admin.work import WorkPages, tried
from appeals.models import Appeal, Award, Referral
from appeals.services.outside.rows import may_answer
from complaints.permissions import Viewer

PAGE = "admin:appeals_appeal_outside"
Do = Callable[[], object]


class StagePages(WorkPages):
    """The base of its views; none holds a rule."""

    def _stage(self, request: HttpRequest, pk: int) -> tuple[Appeal, Referral, Viewer]:
        appeal, viewer = self.seen(request, pk)
        row = Referral.objects.visible_to(viewer).filter(appeal=appeal)
        found = row.select_related("complaint__customer", "appeal", "bundle").first()
        if found is None:
            raise Http404
        return appeal, found, viewer

    def _answering(
        self, request: HttpRequest, pk: int
    ) -> tuple[Appeal, Referral, Viewer]:
        """The same for whoever speaks for the exchange; others meet no form."""
        appeal, row, viewer = self._stage(request, pk)
        only(may_answer(row, viewer))
        return appeal, row, viewer

    def _to_stage(self, pk: int, anchor: str = "") -> HttpResponse:
        address = reverse(PAGE, args=(pk,))
        return HttpResponseRedirect(address + (f"#{anchor}" if anchor else ""))

    def _on_stage(
        self,
        request: HttpRequest,
        appeal: Appeal,
        form: Any,
        do: Do,
        words: tuple[Any, Any, Any],
        **more: Any,
    ) -> HttpResponse:
        title, button, done = words
        if request.method == "POST" and form.is_valid() and tried(form, do):
            messages.success(request, str(done))
            return self._to_stage(appeal.pk)
        back = reverse(PAGE, args=(appeal.pk,))
        return self.ask(request, appeal, form, title, button, back_url=back, **more)


def only(may: bool) -> None:
    if not may:
        raise PermissionDenied


def award_of(row: Referral) -> Award | None:
    """Its award, None where no word of it is written."""
    made: Award | None = getattr(row, "award", None)
    return made
