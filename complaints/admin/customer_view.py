"""The customer behind a case: addresses, linked accounts, records that are the same
person, and what was joined and parted.

It is reached from a case and from nowhere else: who sees no case of a customer sees
nothing of them.
"""

from collections.abc import Iterable
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
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin.forms import textarea
from complaints.admin.moves import back_to, explain
from complaints.admin.rail import framed
from complaints.admin.scoped import viewer_for
from complaints.errors import InvalidInput, NotPermitted, NotVisible, RecourseError
from complaints.models import LINK_ENDED, Complaint, Contact, Party, PartyMerge
from complaints.permissions import Viewer
from complaints.services import identity
from complaints.services.reading import STATUS_OPENED, record_reading
from complaints.states import Channel

CARD = "admin:complaints_complaint_customer"
CASES_SHOWN = 50


class ReasonForm(forms.Form):
    """Why two records are joined or parted; it stands on the ledger."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stands on the ledger."),
        max_length=identity.REASON_LIMIT,
        widget=textarea(3),
    )


class CustomerPages:
    """Views of ``ComplaintAdmin`` on the customer of one visible case."""

    admin_site: Any

    def _customer_case(
        self, request: HttpRequest, pk: int, *, merging: bool = False
    ) -> tuple[Complaint, Viewer]:
        """Who reads the case in full, and who may say whose it is."""
        viewer = viewer_for(request)
        merges = identity.may_merge(viewer)
        if merging and not merges:
            raise PermissionDenied
        rows = Complaint.objects.all()
        seen = rows.status_visible_to(viewer) if merges else rows.visible_to(viewer)
        case = seen.filter(pk=pk).select_related("customer__user").first()
        if case is None:
            raise Http404
        return case, viewer

    def customer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        case, viewer = self._customer_case(request, pk)
        record_reading(complaint=case, actor=viewer, what=STATUS_OPENED)
        return self._customer_page(request, "customer", case, _card(case, viewer))

    def merge_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """What joining the customer with record ``number`` would do, and doing it."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        case, viewer = self._customer_case(request, pk, merging=True)
        others = Party.objects.exclude(pk=case.customer_id)
        other = others.filter(pk=number, erased_at=None).first()
        if other is None or identity.proof_between(case.customer, other) is None:
            raise Http404
        form = ReasonForm(request.POST or None)
        plan, refusal = _planned(case.customer, other, viewer)
        sent = request.method == "POST" and plan is not None and form.is_valid()
        given = (case.customer, other, form.data.get("reason", ""), viewer)
        if sent and _done(form, _merge, *given):
            messages.success(request, _("They are one customer now."))
            return HttpResponseRedirect(_home(case, viewer))
        context = {
            "form": form,
            "plan": plan,
            "refusal": refusal,
            "of_survivor": plan and _addresses(plan.survivor),
            "of_absorbed": plan and _addresses(plan.absorbed),
        }
        return self._customer_page(
            request, "merge", case, context, failed=bool(form.errors)
        )

    def part_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Undo the merger ``number`` that the customer of the case survived."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        case, viewer = self._customer_case(request, pk, merging=True)
        rows = PartyMerge.objects.filter(survivor=case.customer, undone_at=None)
        row = rows.select_related("absorbed", "survivor").filter(pk=number).first()
        if row is None:
            raise Http404
        form = ReasonForm(request.POST or None)
        sent = request.method == "POST" and form.is_valid()
        if sent and _done(form, _part, row, form.cleaned_data["reason"], viewer):
            messages.success(request, _("They are two customers again."))
            return HttpResponseRedirect(_home(case, viewer))
        context = {"form": form, "merge": row}
        return self._customer_page(
            request, "part", case, context, failed=bool(form.errors)
        )

    def _customer_page(
        self,
        request: HttpRequest,
        name: str,
        case: Complaint,
        given: dict[str, Any],
        *,
        failed: bool = False,
    ) -> HttpResponse:
        on_card = name == "customer"
        context = {
            **framed(self.admin_site, request),
            "title": _TITLES[name],
            "subtitle": case.reference,
            "case": case,
            "back_url": _home(case, viewer_for(request), card=not on_card),
            **given,
        }
        template = f"admin/complaints/{name}.html"
        return TemplateResponse(
            request, template, context, status=422 if failed else 200
        )


_TITLES = {
    "customer": gettext_lazy("The customer"),
    "merge": gettext_lazy("Join two records of one person"),
    "part": gettext_lazy("Part two records again"),
}


def _home(case: Complaint, viewer: Viewer, *, card: bool = True) -> str:
    return reverse(CARD, args=(case.pk,)) if card else back_to(case, viewer)


# What stands on the card --------------------------------------------------------------


def _card(case: Complaint, viewer: Viewer) -> dict[str, Any]:
    customer = case.customer
    told = Complaint.objects.status_visible_to(viewer).filter(customer=customer)
    read = Complaint.objects.visible_to(viewer).filter(customer=customer)
    return {
        "customer": customer,
        "addresses": _addresses(customer),
        "cases": list(told.order_by("-received_at", "-pk")[:CASES_SHOWN]),
        "open": set(read.values_list("pk", flat=True)),
        "may_merge": identity.may_merge(viewer),
        "others": list(_others(customer, viewer)),
        "merges": identity.merges_of(customer),
    }


def _addresses(party: Party) -> list[dict[str, Any]]:
    """Each with what it is and how far it is known to be theirs."""
    rows = party.contacts.order_by("kind", "provider", "pk")
    return [{"kind": _kind(row), "value": row.value, **_proof(row)} for row in rows]


def _kind(row: Contact) -> str:
    names = dict(Channel.choices)
    return str(names.get(row.provider) or row.get_kind_display())


def _proof(row: Contact) -> dict[str, Any]:
    if row.proved_at is not None:
        return {"words": _("proven"), "at": row.proved_at}
    ended = row.proof == LINK_ENDED
    return {"words": _("link ended") if ended else _("not proven"), "at": None}


def _others(customer: Party, viewer: Viewer) -> Iterable[dict[str, Any]]:
    """Records that are proven to be the same person, as far as the viewer may hear of
    them: those with a case they see."""
    for other in identity.others_of(customer):
        seen = Complaint.objects.status_visible_to(viewer).filter(customer=other)
        if cases := seen.count():
            yield {"party": other, "cases": cases, "addresses": _addresses(other)}


# What is done -------------------------------------------------------------------------


def _planned(
    one: Party, other: Party, viewer: Viewer
) -> tuple[identity.Plan | None, str]:
    try:
        return identity.plan(one=one, other=other, actor=viewer), ""
    except NotVisible as error:
        raise Http404 from error
    except NotPermitted as error:
        raise PermissionDenied from error
    except InvalidInput as error:
        return None, str(error.words)


def _merge(one: Party, other: Party, reason: str, viewer: Viewer) -> None:
    identity.merge(one=one, other=other, reason=reason, actor=viewer)


def _part(row: PartyMerge, reason: str, viewer: Viewer) -> None:
    identity.undo(merge=row, reason=reason, actor=viewer)


def _done(form: forms.Form, act: Any, *given: Any) -> bool:
    """Whether it was done; else the form says why not."""
    try:
        act(*given)
    except NotVisible as error:
        raise Http404 from error
    except NotPermitted as error:
        raise PermissionDenied from error
    except RecourseError as error:
        explain(form, error)
        return False
    return True
