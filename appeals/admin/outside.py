"""The desk's pages of the outside stage: who sits, what they want, what is paid."""

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
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from appeals.admin.outside_forms import (
    AnswerForm,
    ObjectForm,
    ObjectionForm,
    PublishForm,
    RatesForm,
    RemoveForm,
    TermsForm,
)
from appeals.admin.outside_page import outside_context
from appeals.admin.work import WorkPages, tried
from appeals.award_form import AwardForm
from appeals.models import Appeal, ArbitratorSeat, Award, Referral, Side
from appeals.services.outside import (
    award,
    carry_out,
    hearing,
    links,
    objections,
    publish,
    refer,
    seats,
)
from complaints.permissions import Viewer
from complaints.workflow import perform
from config import sudo

PAGE = "admin:appeals_appeal_outside"
Do = Callable[[], object]


class OutsidePages(WorkPages):
    """Views of ``AppealAdmin``; each asks its service, none holds a rule."""

    def _stage(self, request: HttpRequest, pk: int) -> tuple[Appeal, Referral, Viewer]:
        appeal, viewer = self.seen(request, pk)
        row = Referral.objects.visible_to(viewer).filter(appeal=appeal)
        found = row.select_related("complaint__customer", "appeal", "bundle").first()
        if found is None:
            raise Http404
        return appeal, found, viewer

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
        seen = parse_datetime(read)

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
            form = RemoveForm(request.POST or None)

            def free() -> object:
                said = form.cleaned_data["reason"]
                return seats.remove(referral=row, seat=seat, reason=said, actor=viewer)

            done = _("The seat is free; somebody else is appointed.")
            words = (_("Free the seat"), _("Free it"), done)
            return self._on_stage(request, appeal, form, free, words)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if name == "link":
            done = _("A new link is on its way; the old one works no more.")
            self.act(
                request,
                appeal,
                viewer,
                lambda: links.send_again(seat=seat, actor=viewer),
                done,
            )
        else:
            self.act(
                request,
                appeal,
                viewer,
                lambda: links.revoke(seat=seat, actor=viewer),
                _("The link is shut, and every page that is open by it."),
            )
        return self._to_stage(pk, "seats")

    # Forms ----------------------------------------------------------------------------

    def _object(
        self,
        request: HttpRequest,
        appeal: Appeal,
        row: Referral,
        seat: ArbitratorSeat,
        viewer: Viewer,
    ) -> HttpResponse:
        """The exchange says why this arbitrator should not decide."""
        form = ObjectForm(request.POST or None)

        def do() -> object:
            said = form.cleaned_data["reason"]
            return objections.object_to(
                referral=row, seat=seat, reason=said, actor=viewer
            )

        done = _("The arbitrator answers it; the customer is told.")
        words = (_("Object to the arbitrator"), _("Object"), done)
        return self._on_stage(request, appeal, form, do, words)

    def outside_objection_view(
        self, request: HttpRequest, pk: int, number: int
    ) -> HttpResponse:
        """What the customer says against an arbitrator, decided with reasons."""
        appeal, row, viewer = self._stage(request, pk)
        rows = row.objections.filter(pk=number, side=Side.CUSTOMER)
        said = rows.select_related("seat__arbitrator").first()
        if said is None:
            raise Http404
        form = ObjectionForm(request.POST or None)

        def do() -> object:
            return objections.decide(objection=said, actor=viewer, **form.cleaned_data)

        words = (_("Decide on the objection"), _("Decide"), _("It is decided."))
        name = {"name": said.seat.arbitrator}
        about = _("The customer objects to %(name)s:") % name
        return self._on_stage(
            request, appeal, form, do, words, said=said.reason, about=about
        )

    def outside_terms_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        appeal, row, viewer = self._stage(request, pk)
        names = ("seat", "body_reference", "fee", "fee_borne_by")
        known = {name: getattr(row, name) for name in names}
        form = TermsForm(request.POST or None, initial=known)

        def do() -> object:
            return refer.enter_terms(referral=row, actor=viewer, **form.cleaned_data)

        words = (_("Seat and fee"), _("Keep it"), _("Seat and fee are kept."))
        return self._on_stage(request, appeal, form, do, words)

    def outside_answer_view(
        self, request: HttpRequest, pk: int, number: int
    ) -> HttpResponse:
        """The answer of the exchange to a question of the arbitrator."""
        appeal, row, viewer = self._stage(request, pk)
        asked = row.questions.filter(number=number, side="company").first()
        if asked is None:
            raise Http404
        form = AnswerForm(request.POST or None)

        def do() -> object:
            said = form.cleaned_data["text"]
            return hearing.answer(question=asked, text=said, actor=viewer)

        title = _("Answer question %(number)s") % {"number": number}
        words = (title, _("Answer"), _("The answer is sent to the arbitrator."))
        return self._on_stage(request, appeal, form, do, words, said=asked.text)

    def outside_comply_view(
        self, request: HttpRequest, pk: int, number: int
    ) -> HttpResponse:
        """What the exchange did on an order."""
        appeal, row, viewer = self._stage(request, pk)
        ordered = row.orders.filter(number=number, side="company").first()
        if ordered is None:
            raise Http404
        form = AnswerForm(request.POST or None)

        def do() -> object:
            said = form.cleaned_data["text"]
            return hearing.comply(order=ordered, words=said, actor=viewer)

        title = _("Report on order %(number)s") % {"number": number}
        words = (title, _("Report it"), _("The report is sent to the arbitrator."))
        return self._on_stage(request, appeal, form, do, words, said=ordered.text)

    def outside_award_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The findings of a body that has no link here."""
        appeal, row, viewer = self._stage(request, pk)
        form = AwardForm(request.POST or None, referral=row, award=_award(row))

        def do() -> object:
            return award.enter_award(referral=row, actor=viewer, **form.written())

        words = (_("Enter the award"), _("Keep it"), _("The award is entered."))
        return self._on_stage(request, appeal, form, do, words, is_award=True)

    def outside_prepare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Rates of what was awarded; then it waits for its sign-offs."""
        appeal, row, viewer = self._stage(request, pk)
        made = _award(row)
        if made is None:
            raise Http404
        form = RatesForm(request.POST or None, award=made)

        def do() -> object:
            return carry_out.prepare(referral=row, rates=form.rates(), actor=viewer)

        done = _("It waits for its sign-offs.")
        words = (_("Prepare what the award asks for"), _("Have it signed off"), done)
        return self._on_stage(request, appeal, form, do, words)

    def outside_publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The text without names; another person lets it out."""
        appeal, row, viewer = self._stage(request, pk)
        made = _award(row)
        if made is None:
            raise Http404
        form = PublishForm(request.POST or None, initial=_public_words(made))

        def do() -> object:
            data = form.cleaned_data
            return publish.write_publication(referral=row, actor=viewer, **data)

        done = _("The text is kept. Somebody else reads it before it is public.")
        words = (_("Write the award without names"), _("Keep the text"), done)
        return self._on_stage(request, appeal, form, do, words)


def _award(row: Referral) -> Award | None:
    made: Award | None = getattr(row, "award", None)
    return made


def _pays(row: Referral) -> bool:
    made = _award(row)
    return made is not None and any(one.is_money for one in made.remedies.all())


def _public_words(made: Award) -> dict[str, Any]:
    """What is written already, else the award to be worked over."""
    known = getattr(made, "published", None)
    if known is not None:
        return {"title": known.title, "text": known.text, "language": known.language}
    return {"text": f"{made.summary}\n\n{made.reasons}"}
