"""The desk's pages of the outside stage: who sits, what they want, what is paid."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.admin.outside_forms import ObjectForm, RemoveForm
from appeals.admin.outside_page import outside_context
from appeals.admin.outside_stage import Do, StagePages, award_of, only
from appeals.models import Appeal, ArbitratorSeat, Referral
from appeals.services.outside import carry_out, links, objections, publish, seats
from appeals.services.outside.rows import may_answer
from appeals.services.reviewers import may_choose
from complaints.moments import read_moment
from complaints.permissions import Viewer
from complaints.workflow import perform
from config import sudo


class OutsidePages(StagePages):
    """Views of ``AppealAdmin``; each asks its service, none holds a rule."""

    def outside_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        appeal, row, viewer = self._stage(request, pk)
        context = {
            **self.admin_site.each_context(request),
            **outside_context(row, viewer),
            "appeal": appeal,
            "title": _("Outside stage"),
            "subtitle": row.complaint.reference,
            "back_url": reverse("admin:appeals_appeal_change", args=(pk,)),
        }
        return TemplateResponse(request, "admin/appeals/outside.html", context)

    # One press each -------------------------------------------------------------------

    def outside_do_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """One of ``_presses`` by its name; POST only."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        appeal, row, viewer = self._stage(request, pk)
        known = self._presses(request, row, viewer)
        if name not in known:
            raise Http404
        if name in ("sign", "carry-out") and _pays(row):
            sudo.require(request)
        do, done = known[name]
        self.act(request, appeal, viewer, do, done)
        return self._to_stage(pk)

    def _presses(
        self, request: HttpRequest, row: Referral, viewer: Viewer
    ) -> dict[str, tuple[Do, Any]]:
        read = request.POST.get("seen", "")
        seen = read_moment(read)

        def let_out() -> object:
            if seen is None:
                raise PermissionDenied
            return publish.publish(referral=row, seen_at=seen, actor=viewer)

        def appoint() -> str:
            left = seats.fill_again(referral=row, actor=viewer)
            return str(
                _("Still a seat is empty.") if left else _("Every seat is taken.")
            )

        return {
            "appoint": (appoint, ""),
            "put-back": (
                lambda: carry_out.withdraw(referral=row, actor=viewer),
                _("It is put back. Prepare it anew."),
            ),
            "sign": (
                lambda: carry_out.sign(referral=row, actor=viewer, seen=read),
                _("Your name stands under what will be paid."),
            ),
            "carry-out": (
                lambda: perform(row, "carry_out", actor=viewer),
                _("The award is with those who carry remedies out."),
            ),
            "publish": (let_out, _("The award is public without names.")),
        }

    def outside_seat_view(
        self, request: HttpRequest, pk: int, number: int, name: str
    ) -> HttpResponse:
        """``link`` and ``revoke`` by POST, ``remove`` with a reason."""
        appeal, row, viewer = self._stage(request, pk)
        seat = row.seats.select_related("arbitrator").filter(pk=number).first()
        if seat is None or name not in ("link", "revoke", "remove", "object"):
            raise Http404
        if name == "object":
            return self._object(request, appeal, row, seat, viewer)
        if name == "remove":
            return self._free(request, appeal, row, seat, viewer)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        do, done = self._link_presses(seat, viewer)[name]
        self.act(request, appeal, viewer, do, done)
        return self._to_stage(pk, "seats")

    def _link_presses(
        self, seat: ArbitratorSeat, viewer: Viewer
    ) -> dict[str, tuple[Do, Any]]:
        return {
            "link": (
                lambda: links.send_again(seat=seat, actor=viewer),
                _("A new link is on its way; the old one works no more."),
            ),
            "revoke": (
                lambda: links.revoke(seat=seat, actor=viewer),
                _("The link is shut, and every page that is open by it."),
            ),
        }

    def _free(
        self,
        request: HttpRequest,
        appeal: Appeal,
        row: Referral,
        seat: ArbitratorSeat,
        viewer: Viewer,
    ) -> HttpResponse:
        """Its arbitrator is tied, ill or does not answer."""
        only(may_choose(viewer))
        form = RemoveForm(request.POST or None)

        def do() -> object:
            said = form.cleaned_data["reason"]
            return seats.remove(referral=row, seat=seat, reason=said, actor=viewer)

        done = _("The seat is free; somebody else is appointed.")
        words = (_("Free the seat"), _("Free it"), done)
        return self._on_stage(request, appeal, form, do, words)

    def _object(
        self,
        request: HttpRequest,
        appeal: Appeal,
        row: Referral,
        seat: ArbitratorSeat,
        viewer: Viewer,
    ) -> HttpResponse:
        """The exchange says why this arbitrator should not decide."""
        only(may_answer(row, viewer))
        form = ObjectForm(request.POST or None)

        def do() -> object:
            said = form.cleaned_data["reason"]
            return objections.object_to(
                referral=row, seat=seat, reason=said, actor=viewer
            )

        done = _("The arbitrator answers it; the customer is told.")
        words = (_("Object to the arbitrator"), _("Object"), done)
        return self._on_stage(request, appeal, form, do, words)


def _pays(row: Referral) -> bool:
    made = award_of(row)
    return made is not None and any(one.is_money for one in made.remedies.all())
