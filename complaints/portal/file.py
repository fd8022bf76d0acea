"""Filing: danger first, then one question a page, kept as a draft until it is sent."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from complaints.errors import InvalidInput, KeyReused
from complaints.models import Complaint, Draft
from complaints.permissions import Viewer
from complaints.portal import again, filing, filing_page, recent
from complaints.portal.annex import AnnexForm
from complaints.portal.filing_page import Asked
from complaints.portal.forms import GuestUrgentForm, LinkForm, RiskForm, UrgentForm
from complaints.portal.questions import (
    PAGES,
    FilesForm,
    Page,
    form_of,
    judged,
    pages_for,
    teller_of,
    typed,
)
from complaints.portal.steps import future_steps
from complaints.portal.throttle import Limit, client_address
from complaints.portal.viewer import case_view, no_store
from complaints.services import drafts, receipt

if TYPE_CHECKING:
    from teams.models import User

FILINGS = Limit("filing", tries=20, seconds=3600)
DRAFTS = Limit("drafts", tries=60, seconds=3600)
LINKS = Limit("draft-links", tries=6, seconds=3600)
HELD = "drafts"
HOLDS = 10

Send = Callable[[Any], Complaint]
DraftView = Callable[..., HttpResponse]
form_methods = require_http_methods(["GET", "HEAD", "POST"])


# Whose draft --------------------------------------------------------------------------


def signed_in(request: HttpRequest) -> "User | None":
    return request.user if request.user.is_authenticated else None


def held_by(request: HttpRequest) -> list[int]:
    """The drafts that this browser began, or came to by their link."""
    held = request.session.get(HELD)
    return [pk for pk in held if isinstance(pk, int)] if isinstance(held, list) else []


def hold(request: HttpRequest, draft: Draft) -> None:
    if draft.user_id is None:
        rest = [pk for pk in held_by(request) if pk != draft.pk]
        request.session[HELD] = [*rest, draft.pk][-HOLDS:]


def draft_view(view: DraftView) -> DraftView:
    """Give the view its draft; one that was sent leads to what came of it."""

    @wraps(view)
    def wrapped(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
        draft = drafts.find(key, user=signed_in(request), held=held_by(request))
        if draft is None:
            return no_store(render(request, "portal/draft_gone.html", status=404))
        if not draft.is_open:
            return no_store(_too_late(request, draft, kwargs.get("page", "")))
        return no_store(view(request, draft, **kwargs))

    return gzip_page(wrapped)


def _too_late(request: HttpRequest, draft: Draft, name: str) -> HttpResponse:
    """The receipt of what was sent; words that come after it are not lost."""
    page = next((one for one in PAGES if one.name == name), None)
    if request.method != "POST" or page is None or draft.complaint is None:
        return _to_receipt(draft.complaint)
    form = form_of(page, None, request.POST)
    if again.ADD_TO in request.POST:
        return again.add_words(request, form)
    if again.ANEW in request.POST and not _drafts_wait(request):
        return _begin(request, {page.name: typed(page, request.POST)})
    if again.said_in(form) or request.FILES:
        return again.sent_before(request, form, draft.complaint)
    return _to_receipt(draft.complaint)


def _to_receipt(complaint: Complaint | None) -> HttpResponse:
    if complaint is None:
        raise Http404
    return redirect("portal:received", reference=complaint.reference)


def _to(draft: Draft, page: str) -> HttpResponse:
    return redirect("portal:question", key=draft.key, page=page)


# The questions ------------------------------------------------------------------------


@form_methods
@gzip_page
def new(request: HttpRequest) -> HttpResponse:
    """Danger first; whoever is not in danger gets the first question at once."""
    risk = (request.POST if request.method == "POST" else request.GET).get("at_risk")
    if request.method == "POST" and "category" not in request.POST:
        if risk in ("yes", "no"):
            return redirect(_door(risk))
    elif risk == "no":
        return no_store(_first(request))
    form = RiskForm(request.POST if request.method == "POST" else None)
    page = render(request, "portal/risk.html", {"form": form}, status=_status(form))
    return no_store(page)


def _door(risk: str) -> str:
    if risk == "yes":
        return reverse("portal:urgent")
    return f"{reverse('portal:new')}?at_risk=no"


def _first(request: HttpRequest) -> HttpResponse:
    """The first question; its answer begins the draft."""
    page, given = PAGES[0], request.POST if "category" in request.POST else None
    form = page.form(given)
    if given is not None and form.is_valid():
        if not (wait := _drafts_wait(request)):
            return _begin(request, {page.name: typed(page, given)})
        form.add_error(None, _wait_words(wait))
    asked = Asked(page, form, None, signed_in(request))
    status = 429 if form.non_field_errors() else _status(form)
    context = {**filing_page.context(asked), "beginning": True}
    return render(request, "portal/question.html", context, status=status)


def _drafts_wait(request: HttpRequest) -> int:
    return 0 if signed_in(request) else DRAFTS.wait(client_address(request))


def _begin(request: HttpRequest, answers: drafts.Answers) -> HttpResponse:
    draft = drafts.begin(
        user=signed_in(request), language=filing.language(), answers=answers
    )
    hold(request, draft)
    if "save" in request.POST:
        return redirect("portal:draft-saved", key=draft.key)
    return _to(draft, PAGES[1].name)


@form_methods
@draft_view
def question(request: HttpRequest, draft: Draft, *, page: str) -> HttpResponse:
    """One question. What was typed is kept, also where it cannot be sent like that."""
    asked = filing_page.asked(page, draft, signed_in(request), fix="fix" in request.GET)
    if asked is None:
        return redirect("portal:check", key=draft.key)
    if request.method != "POST":
        return _page(request, asked)
    return _answered(request, draft, asked)


def _page(request: HttpRequest, asked: Asked, status: int = 200) -> HttpResponse:
    template = (
        "portal/question_files.html"
        if asked.page.form is FilesForm
        else "portal/question.html"
    )
    context = {
        **filing_page.context(asked),
        "back_to": request.POST.get("back") or request.GET.get("back", ""),
    }
    return render(request, template, context, status=status)


def _answered(request: HttpRequest, draft: Draft, asked: Asked) -> HttpResponse:
    page, posted = asked.page, _posted(request, asked.page)
    form = form_of(page, draft, posted, request.FILES)
    answer = Asked(page, form, draft, signed_in(request))
    try:
        drafts.save_page(draft, page.name, typed(page, posted))
        if "remove" in request.POST:
            return _removed(request, draft, page.name)
        if "save" in request.POST:
            return redirect("portal:draft-saved", key=draft.key)
        if not form.is_valid() or not _took_file(request, answer):
            return _page(request, answer, 422)
    except InvalidInput as error:
        form.add_error(None, str(error.words))
        return _page(request, answer, 422)
    return _next(request, draft, page.name)


def _posted(request: HttpRequest, page: Page) -> Mapping[str, Any]:
    """What was sent, with what is known of a transaction that was picked."""
    mark = request.POST.get(recent.FIELD, "")
    if page.name != recent.PAGE or not mark:
        return request.POST
    return recent.put_in(signed_in(request), mark, typed(page, request.POST))


def _removed(request: HttpRequest, draft: Draft, page: str) -> HttpResponse:
    if request.POST["remove"].isdecimal():
        drafts.remove_file(draft, int(request.POST["remove"][:18]))
    return _to(draft, page)


def _took_file(request: HttpRequest, asked: Asked) -> bool:
    """Keep the file that came with the answer; False where it was not taken."""
    name = "proof" if "proof" in asked.form.fields else "file"
    upload = asked.form.cleaned_data.get(name)
    if upload is None or asked.draft is None:
        return True
    try:
        drafts.add_file(asked.draft, upload, authority=name == "proof")
    except InvalidInput as error:
        asked.form.add_error(name, str(error.words))
        return False
    return True


def _next(request: HttpRequest, draft: Draft, page: str) -> HttpResponse:
    """On to the next question; back to the answers where those were looked at."""
    if "add" in request.POST:
        return _to(draft, page)
    pages = pages_for(teller_of(draft, signed_in(request)))
    names = [one.name for one in pages]
    later = names[names.index(page) + 1 :] if page in names else []
    if request.POST.get("back") == "check":
        later = [name for name in names if name not in draft.answers]
    if later:
        return _to(draft, later[0])
    return redirect("portal:check", key=draft.key)


@form_methods
@draft_view
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """All answers once more, each to be changed; sending them makes the complaint."""
    answers = judged(draft, teller_of(draft, signed_in(request)))
    said, broken = filing.said_in(answers)
    if request.method != "POST":
        context = filing_page.check(draft, signed_in(request), answers, broken)
        return render(request, "portal/check.html", context)
    if broken:
        page = reverse("portal:question", args=[draft.key, broken])
        return redirect(f"{page}?fix=1&back=check")
    return _sent(request, draft, said)


def _sent(request: HttpRequest, draft: Draft, said: filing.Said) -> HttpResponse:
    guest = signed_in(request) is None
    wait = FILINGS.wait(client_address(request)) if guest else 0
    words, status = _wait_words(wait), 429
    if not wait:
        try:
            return _to_receipt(filing.send(request, draft, said))
        except InvalidInput as error:
            words, status = str(error.words), 422
    answers = judged(draft, teller_of(draft, signed_in(request)))
    context = filing_page.check(draft, signed_in(request), answers, problem=words)
    response = render(request, "portal/check.html", context, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


# Later --------------------------------------------------------------------------------


@form_methods
@draft_view
def saved(request: HttpRequest, draft: Draft) -> HttpResponse:
    """How to come back: by the account, or by a link that is mailed and shown."""
    form, link = LinkForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST" and "discard" in request.POST:
        drafts.discard(draft)
        return redirect("portal:home")
    if request.method == "POST" and draft.user_id is None and form.is_valid():
        link = _link(request, draft, form)
    context = {"draft": draft, "form": form, "link": link, "days": drafts.days_kept()}
    return render(request, "portal/draft_saved.html", context, status=_status(form))


def _link(request: HttpRequest, draft: Draft, form: LinkForm) -> str:
    """The link, mailed where an address was given; empty when asked too often."""
    if wait := LINKS.wait(client_address(request)):
        form.add_error(None, _wait_words(wait))
        return ""
    return drafts.issue_link(draft, email=form.cleaned_data["email"])


@form_methods
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """A link to a draft: says what it is, and goes on where it was left."""
    draft = drafts.by_link(token)
    if draft is None:
        return no_store(render(request, "portal/draft_gone.html", status=404))
    if request.method != "POST":
        return no_store(render(request, "portal/draft_resume.html", {"draft": draft}))
    hold(request, draft)
    return no_store(redirect("portal:draft", key=draft.key))


@require_safe
@draft_view
def draft(request: HttpRequest, draft: Draft) -> HttpResponse:
    """On to the first question without an answer, or to all answers."""
    for page in pages_for(teller_of(draft, signed_in(request))):
        if page.name not in draft.answers:
            return _to(draft, page.name)
    return redirect("portal:check", key=draft.key)


# Danger and the official template -----------------------------------------------------


def _sheet(
    request: HttpRequest, template: str, form: Form, send: Send | None = None
) -> Complaint | HttpResponse:
    """The form with what was typed, or the complaint once it is sent."""
    if again.ADD_TO in request.POST:
        return again.add_words(request, form)
    if send is None or not form.is_valid():
        return no_store(render(request, template, {"form": form}, status=_status(form)))
    wait = 0 if signed_in(request) else FILINGS.wait(client_address(request))
    if wait:
        form.add_error(None, _wait_words(wait))
        response = no_store(render(request, template, {"form": form}, status=429))
        response["Retry-After"] = str(wait)
        return response
    try:
        return send(form)
    except KeyReused as error:
        return again.sent_before(request, form, error.earlier)
    except InvalidInput as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, str(error.words))
        return no_store(render(request, template, {"form": form}, status=422))


def _status(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200


def _wait_words(wait: int) -> str:
    words = _(
        "Many complaints came from your connection. What you wrote is still here: "
        "send it in %(minutes)d minutes, or call us."
    )
    return words % {"minutes": -(-wait // 60)}


@form_methods
@gzip_page
def urgent(request: HttpRequest) -> HttpResponse:
    """The door for danger: a minute, and security sees it at once."""
    kind = UrgentForm if signed_in(request) else GuestUrgentForm
    template = "portal/urgent.html"
    posted = request.method == "POST"
    form = kind(request.POST) if posted else kind()

    def send(form: Any) -> Complaint:
        complaint = filing.alarm(request, form)
        hold(request, filing.rest_of(request, complaint))
        return complaint

    done = _sheet(request, template, form, send if posted else None)
    if isinstance(done, HttpResponse):
        return done
    return redirect("portal:protection", reference=done.reference)


@form_methods
def template(request: HttpRequest) -> HttpResponse:
    """All fields of the official template."""
    user = signed_in(request)
    page = "portal/annex.html"
    if request.method != "POST":
        initial = filing.known_of(user) if user else {}
        blank = AnnexForm(initial=initial, guest=user is None)
        return no_store(render(request, page, {"form": blank}))

    def send(form: Any) -> Complaint:
        files = filing.annex_files(form)
        guest_fields = filing.annex_guest(form)
        return filing.submit(request, guest_fields, filing.annex(form), files)

    form = AnnexForm(request.POST, request.FILES, guest=user is None)
    done = _sheet(request, page, form, send)
    return done if isinstance(done, HttpResponse) else _to_receipt(done)


@require_safe
@case_view
def received(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """The receipt: the number, what comes next and by when, how to go on."""
    if request.method == "GET":
        receipt.shown(complaint=case, actor=viewer)
    context = {
        "case": case,
        "steps": future_steps(case),
        "email": filing_page.written_to(case),
        "pdf_url": reverse("portal:copy", args=[case.reference]),
    }
    return render(request, "portal/received.html", context)
