"""What the customer does to a complaint: every page asks first, then does it once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from complaints.errors import RecourseError
from complaints.models import Complaint, Remedy
from complaints.permissions import Viewer
from complaints.portal import forms
from complaints.portal.decision import offered, what, worth
from complaints.portal.viewer import case_view
from complaints.services import feedback
from complaints.services.correspond import customer_writes
from complaints.services.evidence import add_evidence
from complaints.workflow import offer_of, perform

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
Do = Callable[[Complaint, Viewer, dict[str, Any]], None]


@dataclass(frozen=True)
class Action:
    """One page: what it is called, says, asks and does.

    ``transition`` is the move it stands for, empty where nothing moves. ``money``
    needs the account itself where the customer has one: a link proves a mailbox,
    not a person. ``keeps`` names the field whose text is kept on the server until it
    is sent.
    """

    title: str | Promise
    lead: str | Promise
    button: str | Promise
    done: str | Promise
    form: type[Form]
    do: Do
    transition: str = ""
    money: bool = False
    grave: bool = False
    keeps: str = ""
    template: str = "portal/action.html"


def page(action: Action) -> Any:
    """The view of an action."""

    @GET_OR_POST
    @case_view
    def view(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
        refused = _refused(action, case, viewer)
        if refused is not None:
            return _page(request, action, case, None, refused, 409)
        if request.method != "POST":
            return _page(
                request, action, case, action.form(initial=_kept(action, case, viewer))
            )
        if action.keeps and "keep" in request.POST:
            return _keep(request, action, case, viewer)
        form = action.form(request.POST, request.FILES)
        if not form.is_valid():
            return _page(request, action, case, form, status=422)
        return _try(request, action, case, viewer, form)

    return view


def _refused(action: Action, case: Complaint, viewer: Viewer) -> Any:
    """Why this cannot be done now, in words; None when it can."""
    if action.money and needs_account(case, viewer):
        return _("Sign in to your account first: a link alone cannot decide on money.")
    if not action.transition:
        return None
    offer = offer_of(case, action.transition, viewer)
    if offer is None:
        return _("This is not possible any more: the complaint has moved on.")
    return " ".join(str(refusal.words) for refusal in offer.refusals) or None


def needs_account(case: Complaint, viewer: Viewer) -> bool:
    """Whether the customer has an account but came by a link."""
    return viewer.only is not None and case.customer.user_id is not None


def _try(
    request: HttpRequest, action: Action, case: Complaint, viewer: Viewer, form: Form
) -> HttpResponse:
    try:
        with transaction.atomic():
            action.do(case, viewer, {**form.cleaned_data, "version": _version(request)})
            if action.keeps:
                feedback.forget_unsent(complaint=case, actor=viewer)
    except RecourseError as error:
        explain(form, error)
        return _page(request, action, case, form, status=error.status)
    messages.success(request, str(action.done))
    return redirect("portal:case", reference=case.reference)


def _kept(action: Action, case: Complaint, viewer: Viewer) -> dict[str, str]:
    if not action.keeps:
        return {}
    text = feedback.unsent_text(complaint=case, actor=viewer)
    return {action.keeps: text} if text else {}


def _keep(
    request: HttpRequest, action: Action, case: Complaint, viewer: Viewer
) -> HttpResponse:
    """Keep the text for later; the script asks for no page in return."""
    text = request.POST.get(action.keeps, "")
    feedback.keep_unsent(complaint=case, text=text, actor=viewer)
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)
    messages.success(request, _("Your text is kept here. It is not sent yet."))
    return redirect(request.path)


def explain(form: Form, error: RecourseError) -> None:
    """Say what was refused by the field it concerns, else above the form."""
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, str(error.words))


def _version(request: HttpRequest) -> int | None:
    """The version of the case that the page showed; None where it named none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else None


def _page(
    request: HttpRequest,
    action: Action,
    case: Complaint,
    form: Form | None,
    refused: Any = None,
    status: int = 200,
) -> HttpResponse:
    context = {"action": action, "case": case, "form": form, "refused": refused}
    if action.transition == "customer_answered":
        context["question"] = case.messages.filter(is_question=True).last()
    if action.transition == "accept":
        context["offered"] = offered(case)
    return render(request, action.template, context, status=status)


# What each of them does --------------------------------------------------------------


def _write(case: Complaint, viewer: Viewer, data: dict[str, Any]) -> None:
    customer_writes(complaint=case, text=data["text"], actor=viewer)


def _add_file(case: Complaint, viewer: Viewer, data: dict[str, Any]) -> None:
    add_evidence(complaint=case, upload=data["file"], actor=viewer)


def _answer(case: Complaint, viewer: Viewer, data: dict[str, Any]) -> None:
    perform(
        case,
        "customer_answered",
        actor=viewer,
        expected_version=data["version"],
        answer=data["answer"],
    )
    if data["file"]:
        add_evidence(complaint=case, upload=data["file"], actor=viewer)


def _move(name: str, *fields: str) -> Do:
    def do(case: Complaint, viewer: Viewer, data: dict[str, Any]) -> None:
        given = {field: data[field] for field in fields}
        perform(case, name, actor=viewer, expected_version=data["version"], **given)

    return do


write = page(
    Action(
        title=_("Write a message"),
        lead=_("It goes to whoever works on your complaint, and stays on this page."),
        button=_("Send the message"),
        done=_("Your message is with us."),
        form=forms.MessageForm,
        do=_write,
        keeps="text",
    )
)
add_file = page(
    Action(
        title=_("Add a file"),
        lead=_("It is sealed when it arrives: nobody can change it afterwards."),
        button=_("Add the file"),
        done=_("Your file is with the complaint."),
        form=forms.EvidenceForm,
        do=_add_file,
    )
)
answer = page(
    Action(
        title=_("Your answer"),
        lead="",
        button=_("Send your answer"),
        done=_("Your answer is with us, and the work goes on."),
        form=forms.AnswerForm,
        do=_answer,
        transition="customer_answered",
        keeps="answer",
        template="portal/answer.html",
    )
)
withdraw = page(
    Action(
        title=_("Withdraw the complaint?"),
        lead=_(
            "We stop working on it, and what we offered and did not carry out yet "
            "ends. What you sent stays in our register."
        ),
        button=_("Withdraw the complaint"),
        done=_("The complaint is withdrawn."),
        form=forms.ReasonForm,
        do=_move("withdraw", "reason"),
        transition="withdraw",
        grave=True,
    )
)
accept = page(
    Action(
        title=_("Accept the decision?"),
        lead=_(
            "What is offered on acceptance is carried out. You give up the appeal "
            "here, but none of the outside routes."
        ),
        button=_("Accept the decision"),
        done=_("You accepted the decision."),
        form=forms.NoFields,
        do=_move("accept"),
        transition="accept",
        money=True,
        grave=True,
        template="portal/accept.html",
    )
)
complete = page(
    Action(
        title=_("Say that it is a complaint"),
        lead=_(
            "Add what was missing or what is new. The day of receipt stays the same."
        ),
        button=_("Send it to us"),
        done=_("Your complaint is with us again."),
        form=forms.AdditionForm,
        do=_move("complete", "addition"),
        transition="complete",
    )
)


# One remedy --------------------------------------------------------------------------


@GET_OR_POST
@case_view
def remedy(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> HttpResponse:
    """One remedy that is offered: accept it or refuse it, apart from the decision."""
    rows = Remedy.objects.visible_to(viewer).filter(
        complaint=case, decision__issued_at__isnull=False
    )
    row = rows.select_related("complaint", "decision").filter(pk=number).first()
    if row is None:
        raise Http404
    refused = _remedy_refused(case, row, viewer)
    if request.method != "POST" or refused is not None:
        return _remedy_page(request, case, row, refused, 409 if refused else 200)
    return _settle(request, case, row, viewer)


def _remedy_refused(case: Complaint, row: Remedy, viewer: Viewer) -> Any:
    if needs_account(case, viewer):
        return _("Sign in to your account first: a link alone cannot decide on money.")
    if offer_of(row, "accept", viewer) is None:
        return _("This offer is not open any more.")
    return None


def _settle(
    request: HttpRequest, case: Complaint, row: Remedy, viewer: Viewer
) -> HttpResponse:
    name = request.POST.get("choice", "")
    if name not in ("accept", "refuse"):
        words = _("Choose whether you accept or refuse it.")
        return _remedy_page(request, case, row, None, 422, words)
    try:
        perform(row, name, actor=viewer, expected_version=_version(request))
    except RecourseError as error:
        return _remedy_page(request, case, row, None, error.status, error.words)
    done = _("You accepted the offer.") if name == "accept" else _("You refused it.")
    messages.success(request, str(done))
    return redirect("portal:decision", reference=case.reference)


def _remedy_page(
    request: HttpRequest,
    case: Complaint,
    row: Remedy,
    refused: Any,
    status: int,
    problem: Any = "",
) -> HttpResponse:
    context = {
        "case": case,
        "remedy": row,
        "what": what(row),
        "money": worth(row),
        "refused": refused,
        "problem": problem,
    }
    return render(request, "portal/remedy.html", context, status=status)
