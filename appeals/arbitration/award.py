"""The award: written, voted on where three sit, and made once and for all."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appeals.arbitration.door import seat_view
from appeals.arbitration.forms import VoteForm
from appeals.arbitration.views import GET_OR_POST, award_context, written
from appeals.award_form import AwardForm
from appeals.models import ArbitratorLink
from appeals.seated import SeatViewer
from appeals.services.outside import award


class SureForm(forms.Form):
    """Asked once more: an award cannot be taken back."""

    sure = forms.BooleanField(
        label=gettext_lazy("I have read it and make the award as it stands")
    )


@GET_OR_POST
@seat_view
def write(
    request: HttpRequest, link: ArbitratorLink, viewer: SeatViewer, *, token: str
) -> HttpResponse:
    row = link.seat.referral
    form = AwardForm(
        request.POST or None, referral=row, award=getattr(row, "award", None)
    )

    def do() -> None:
        award.write_award(referral=row, actor=viewer, **form.written())

    done = _("The draft is kept. Nothing is awarded yet.")
    words = (_("Write the award"), _("Keep the draft"), done)
    template = "arbitration/award.html"
    return written(request, link, form, do, words, token, template)


@GET_OR_POST
@seat_view
def vote(
    request: HttpRequest, link: ArbitratorLink, viewer: SeatViewer, *, token: str
) -> HttpResponse:
    row = link.seat.referral
    more = award_context(row, link)
    form = VoteForm(request.POST or None, present=more["present"])

    def do() -> None:
        award.vote(referral=row, actor=viewer, **form.cleaned_data)

    words = (_("Vote on the award"), _("Vote"), _("Your vote is kept."))
    template = "arbitration/vote.html"
    return written(request, link, form, do, words, token, template, **more)


@GET_OR_POST
@seat_view
def make(
    request: HttpRequest, link: ArbitratorLink, viewer: SeatViewer, *, token: str
) -> HttpResponse:
    """The interruption before what cannot be taken back."""
    form, row = SureForm(request.POST or None), link.seat.referral

    def do() -> None:
        award.make_award(referral=row, actor=viewer)

    words = (_("Make the award"), _("Make it"), _("The award is made and sent."))
    more = award_context(row, link)
    template = "arbitration/make.html"
    return written(request, link, form, do, words, token, template, **more)
