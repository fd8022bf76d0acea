"""The forms of the outside stage: answers, the award as entered, what is prepared."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from appeals.admin.outside_forms import (
    AnswerForm,
    ObjectionForm,
    PublishForm,
    RatesForm,
    TermsForm,
)
from appeals.admin.outside_stage import StagePages, award_of, only
from appeals.award_form import AwardForm
from appeals.models import Award, Side
from appeals.services.outside import (
    award,
    carry_out,
    hearing,
    objections,
    publish,
    refer,
)
from appeals.services.reviewers import may_choose


class OutsideFormPages(StagePages):
    """Views of ``AppealAdmin``; each asks its service, none holds a rule."""

    def outside_objection_view(
        self, request: HttpRequest, pk: int, number: int
    ) -> HttpResponse:
        """What the customer says against an arbitrator, decided with reasons."""
        appeal, row, viewer = self._stage(request, pk)
        rows = row.objections.filter(pk=number, side=Side.CUSTOMER)
        said = rows.select_related("seat__arbitrator").first()
        if said is None:
            raise Http404
        only(objections.may_decide(row, viewer))
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
        only(may_choose(viewer))
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
        appeal, row, viewer = self._answering(request, pk)
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
        appeal, row, viewer = self._answering(request, pk)
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
        appeal, row, viewer = self._answering(request, pk)
        form = AwardForm(request.POST or None, referral=row, award=award_of(row))

        def do() -> object:
            return award.enter_award(referral=row, actor=viewer, **form.written())

        words = (_("Enter the award"), _("Keep it"), _("The award is entered."))
        return self._on_stage(request, appeal, form, do, words, is_award=True)

    def outside_prepare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Rates of what was awarded; then it waits for its sign-offs."""
        appeal, row, viewer = self._answering(request, pk)
        made = award_of(row)
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
        appeal, row, viewer = self._answering(request, pk)
        made = award_of(row)
        if made is None:
            raise Http404
        form = PublishForm(request.POST or None, initial=_public_words(made))

        def do() -> object:
            data = form.cleaned_data
            return publish.write_publication(referral=row, actor=viewer, **data)

        done = _("The text is kept. Somebody else reads it before it is public.")
        words = (_("Write the award without names"), _("Keep the text"), done)
        return self._on_stage(request, appeal, form, do, words)


def _public_words(made: Award) -> dict[str, Any]:
    """What is written already, else the award to be worked over."""
    known = getattr(made, "published", None)
    if known is not None:
        return {"title": known.title, "text": known.text, "language": known.language}
    return {"text": f"{made.summary}\n\n{made.reasons}"}
