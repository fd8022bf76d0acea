"""Strings that break things (the Big List of Naughty Strings), through every text
field of a whole case and out again on every page, letter, PDF and mail."""

import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from html import escape
from itertools import cycle
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import CharField, Form
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from appeals.models import Appeal
from appeals.portal.forms import AppealForm, ReferForm
from appeals.services import answer_ground, write_ruling
from complaints import letter_system, letters
from complaints.channels.app.feedback import FeedbackForm
from complaints.channels.chat.forms import SayForm, StartForm
from complaints.channels.forum.forms import JoinForm, PostForm, ReportForm, TopicForm
from complaints.channels.safetext import storable
from complaints.masking import mask
from complaints.models import Complaint
from complaints.models.letter import LetterPart
from complaints.portal import forms, questions
from complaints.portal.annex import AnnexForm
from complaints.portal.letters import PaperForm
from complaints.portal.rating import RatingForm
from complaints.public.forms import SubscribeForm
from complaints.services import correspond, decide
from complaints.services.relay import relay_due
from complaints.states import Outcome, State
from complaints.workflow import perform
from teams.models import User
from tests import cases
from tests.appeals import walk
from tests.complaints.channels.forum import board
from tests.complaints.portal.forms import NEW, file_short, key_of
from tests.complaints.public.test_markup import Elements
from tests.people import People, everybody

pytestmark = pytest.mark.django_db
CHUNK = 43
"""Twelve chunks hold the list."""

NASTY = ("a\x00b\x1b", "\ufffe\ufdd0", "]]>", "&#0;", "{{ 7|add:7 }}", "{% load x %}")
HANDLER = re.compile(r"on\w+|style|srcdoc|formaction")
REMOTE = re.compile(r"\s*(javascript|data|vbscript):", re.IGNORECASE)


@pytest.fixture
def strings(corpus: Path) -> list[str]:
    found: list[str] = json.loads((corpus / "strings" / "blns.json").read_text("utf-8"))
    return [*found, *NASTY]


# Into every form ----------------------------------------------------------------------


def _made() -> Iterator[tuple[type[Form], dict[str, Any]]]:
    """Every form that a customer meets but those of ``PAGES``; see ``test_file``."""
    plain = (
        *(forms.GuestUrgentForm, forms.LinkForm, forms.MessageForm, forms.TrackForm),
        *(forms.AnswerForm, forms.ReasonForm, forms.AdditionForm, PaperForm),
        *(RatingForm, SubscribeForm, SayForm, StartForm, JoinForm, PostForm),
        *(TopicForm, ReportForm),
    )
    yield from ((form, {}) for form in plain)
    yield AnnexForm, {"guest": True}
    yield FeedbackForm, {"account": ""}


def test_no_form_falls_over(strings: list[str], people: People) -> None:
    case = cases.filed(people)
    made = [*_made(), (ReferForm, {"case": case})]
    made.append((AppealForm, {"case": case, "refused": False, "late": True}))
    for form, given in made:
        names = list(form({}, **given).fields)
        for text in strings[::15]:
            bound = form(dict.fromkeys(names, text), {}, **given)
            bound.is_valid()
            typed = [bound[n] for n in names if isinstance(bound.fields[n], CharField)]
            assert {field.value() for field in typed} <= {text, None}, form


# Through a case -----------------------------------------------------------------------


@dataclass
class Words:
    """A part of the list: ``all`` in one text, or the next one in a line."""

    strings: list[str]

    def __post_init__(self) -> None:
        usable = [text for text in self.strings if storable(text).strip()]
        self._next = cycle(usable)

    @property
    def all(self) -> str:
        return "Say:\n" + "\n".join(self.strings)

    @property
    def kept(self) -> str:
        """Of staff, whose forms refuse what no database holds."""
        return storable(self.all)

    def line(self, limit: int = 150) -> str:
        return " ".join(f"Say {storable(next(self._next)[:limit])}".split())


def clean(page: str, where: str) -> None:
    """Nothing on it does what a string says: no script, handler or strange link."""
    reader = Elements()
    reader.feed(page)
    for tag, attributes in reader.found:
        source = attributes.get("src") or "/"
        assert tag not in ("iframe", "object", "embed", "base", "style"), where
        assert source.startswith("/"), (where, tag, source)
        assert tag != "script" or source.startswith("/static/"), where
        assert tag != "script" or "src" in attributes, where
        assert not any(map(HANDLER.fullmatch, attributes)), (where, tag, attributes)
        assert not REMOTE.match(attributes.get("href") or ""), where


def lived(people: People, words: Words) -> Complaint:
    """A case with the strings in every text of it, up to the ruling of its appeal."""
    customer, handler = people.customer, people.security
    names = {"first_name": words.line(100), "last_name": words.line(100)}
    User.objects.filter(pk=customer.pk).update(**names)
    client = Client()
    client.force_login(customer)
    case = _filed(client, words)
    home = f"/complaints/{case.reference}/"
    cases.admit(people, case)
    perform(case, "take", actor=handler)
    ask = {"question": words.kept, "answer_by": case.recorded_at + timedelta(days=400)}
    perform(case, "ask_customer", actor=handler, **ask)
    file = SimpleUploadedFile(f"{words.line(60)}.txt", b"Only its name is one.")
    _send(client, f"{home}answer/", answer=words.all, file=file)
    _send(client, f"{home}message/", text=words.all)
    correspond.reply(complaint=case, text=words.kept, actor=handler)
    correspond.note(complaint=case, text=words.kept, actor=handler)
    case.refresh_from_db()
    _decided(people, case, words)
    _send(client, f"{home}appeal/", **_grounds(case, words))
    _ruled(people, case, words)
    return case


def _send(client: Client, url: str, **data: Any) -> Any:
    answer = client.post(url, data)
    assert answer.status_code == 302, (url, answer.context["form"].errors)
    return answer


def _filed(client: Client, words: Words) -> Complaint:
    line = words.line
    said = {
        "subject": line(),
        "description": words.all,
        "points": "\n".join(f"Say {line()}" for _ in range(6)),
        "desired_outcome": words.all,
        "loss_description": words.all,
        "asset": "SAY",
        "orders": line(),
        "wallets": line(),
        "transactions": line(),
        "tickets": line(),
    }
    sent = {name: _sendable(text) for name, text in said.items()}
    answer = file_short(client, category=cases.CATEGORY, **sent)
    assert answer.status_code == 302, answer.context["form"].errors
    case = Complaint.objects.get()
    assert case.description == mask(storable(sent["description"])).strip()
    return case


def _sendable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _decided(people: People, case: Complaint, words: Words) -> None:
    handler = people.security
    for point in case.points.all():
        finding = decide.NewFinding(
            point=point,
            outcome="upheld",
            reasons=words.kept,
            rule=words.line(),
            evidence=tuple(case.evidence.all()),
        )
        decide.set_finding(complaint=case, finding=finding, actor=handler)
    shares = {"exchange": 70, "customer": 30}
    decide.set_shares(complaint=case, shares=shares, actor=handler)
    decide.write_draft(
        complaint=case,
        actor=handler,
        outcome=Outcome.PARTLY_UPHELD,
        summary=words.line(),
        reasons=words.kept,
        what_changes=words.kept,
        precedents_seen=True,
        cause="process_not_followed",
    )
    remedy = decide.NewRemedy(
        kind="refund",
        description=words.line(),
        amount=Decimal(100),
        asset="USDT",
        rate=Decimal(1),
        on_acceptance=True,
    )
    decide.add_remedy(complaint=case, remedy=remedy, actor=handler)
    perform(case, "propose_decision", actor=handler)
    for move in cases.PATHS[State.ANSWERED][-2:]:
        move(people, case)


def _grounds(case: Complaint, words: Words) -> dict[str, str]:
    first = case.points.order_by("number")[0].number
    return {
        f"kind_{first}": "facts_wrong",
        f"text_{first}": words.all,
        "statement": words.all,
        "desired_outcome": words.all,
    }


def _ruled(people: People, case: Complaint, words: Words) -> None:
    row = Appeal.objects.get(complaint=case)
    reviewer = walk.reviewer(row)
    perform(row, "admit", actor=reviewer)
    perform(row, "start_review", actor=reviewer)
    for ground in row.grounds.all():
        answer_ground(ground=ground, accepted=False, answer=words.kept, actor=reviewer)
    write_ruling(
        appeal=row,
        outcome="confirmed",
        summary=words.line(),
        reasons=words.kept,
        lesson=words.kept,
        actor=reviewer,
    )
    perform(row, "rule", actor=reviewer)
    case.refresh_from_db()


# And out again ------------------------------------------------------------------------


def _pages_of_customer(case: Complaint) -> list[str]:
    home = f"/complaints/{case.reference}/"
    appeal = case.appeals.get()  # type: ignore[attr-defined]
    inner = ("", "live/", "decision/", f"appeal/{appeal.pk}/", "received/", "message/")
    pages = [f"{home}{page}" for page in (*inner, "evidence/1/look/")]
    pages += [f"{home}letters/{letter.pk}/" for letter in case.letters.all()]
    remedy = case.remedies.get()
    return [*pages, f"{home}remedies/{remedy.pk}/", "/complaints/", "/"]


def _seen_by_customer(people: People, case: Complaint) -> None:
    client = Client()
    client.force_login(people.customer)
    for url in _pages_of_customer(case):
        answer = client.get(url)
        assert answer.status_code < 500, url
        clean(answer.content.decode(), url)
    page = client.get(f"/complaints/{case.reference}/").content.decode()
    assert escape(case.subject) in page


def _pages_of_staff(case: Complaint) -> list[str]:
    def at(name: str, *keys: int) -> str:
        return reverse(f"admin:complaints_complaint_{name}", args=[case.pk, *keys])

    letters_ = [at("letter", letter.pk) for letter in case.letters.all()]
    pages = [at("change"), at("customer"), at("timeline"), at("evidence_look", 1)]
    return ["/admin/complaints/complaint/", *pages, *letters_]


def _seen_by_staff(people: People, case: Complaint) -> None:
    client = Client()
    client.force_login(people.security)
    for url in _pages_of_staff(case):
        answer = client.get(url, follow=True)
        assert answer.status_code == 200, url
        clean(answer.content.decode(), url)
    appeal = case.appeals.get()  # type: ignore[attr-defined]
    client.force_login(walk.reviewer(appeal))
    page = client.get(f"/admin/appeals/appeal/{appeal.pk}/change/")
    assert page.status_code == 200
    clean(page.content.decode(), "the appeal at the desk")


def _mailed() -> None:
    for _round in range(4):
        relay_due(limit=500)
    assert len(mail.outbox) > 5
    for message in mail.outbox:
        assert "\n" not in message.subject
        assert len(message.message().get_all("To") or []) == 1
        for body, kind in getattr(message, "alternatives", []):
            if kind == "text/html":
                _is_plain(body, message.subject)


def _is_plain(page: str, where: str) -> None:
    """A mail has a style of its own, and nothing that runs or is fetched."""
    reader = Elements()
    reader.feed(page)
    for tag, attributes in reader.found:
        assert tag not in ("script", "iframe", "object", "form", "base"), where
        assert not REMOTE.match(attributes.get("href") or ""), where
        assert not any(name.startswith("on") for name in attributes), where


def _drawn(case: Complaint, kinds: Callable[[str], bool]) -> None:
    from complaints.letter_pdf import pdf_of

    for letter in case.letters.all():
        parts = LetterPart if letter.kind == "receipt" else [LetterPart.LETTER]
        for part in parts if kinds(letter.kind) else ():
            made = pypdf.PdfReader(io.BytesIO(pdf_of(letters.print_html(letter, part))))
            for page in made.pages:
                for one in page.get("/Annots") or ():
                    action = one.get_object().get("/A", {})
                    assert action.get("/S", "/URI") in ("/URI", "/GoTo"), letter.kind
                    assert not REMOTE.match(str(action.get("/URI", ""))), letter.kind
            assert "/Names" not in made.trailer["/Root"].get("/JavaScript", {})


def test_a_whole_case_of_them(strings: list[str], people: People) -> None:
    """One of every thirty, for the customer; the drill takes all, everywhere."""
    case = lived(people, Words([*strings[::30], *NASTY]))
    _seen_by_customer(people, case)


@pytest.mark.drill
@pytest.mark.parametrize("start", range(0, 516, CHUNK))
def test_a_whole_case_of_each(
    strings: list[str], people: People, client: Client, start: int
) -> None:
    part = strings[start : start + CHUNK]
    case = lived(people, Words([*part, *NASTY]))
    _seen_by_customer(people, case)
    _seen_by_staff(people, case)
    _mailed()
    if letter_system.available():
        _drawn(case, lambda _kind: True)
    _template_says(client, Words(part))
    _others_talk(people, Words(part))


@pytest.mark.drill
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("third", range(3))
def test_nothing_runs_in_a_browser(
    strings: list[str], live_server: LiveServer, browser: Browser, third: int
) -> None:
    """No dialog opens, no script fails or is refused, on any page with any of them."""
    people = everybody()
    case = lived(people, Words(strings[third::3]))
    said: list[str] = []
    for user, pages in (
        (people.customer, _pages_of_customer(case)),
        (people.security, _pages_of_staff(case)),
    ):
        context = browser.new_context()
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.on("dialog", lambda dialog: (said.append("dialog"), dialog.dismiss()))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda message: _hear(said, message))
        for url in pages:
            page.goto(f"{live_server.url}{url}")
            page.wait_for_load_state("networkidle")
        context.close()
    assert said == []


def _hear(said: list[str], message: Any) -> None:
    """A part of a page names no icon, so a browser asks for the one of old."""
    where = str(message.location.get("url"))
    told = message.type == "error" or "Content Security Policy" in message.text
    if told and not where.endswith("/favicon.ico"):
        said.append(f"{where}: {message.text}")


def _template_says(client: Client, words: Words) -> None:
    """Every field of the official template, and the copy that is drawn of it."""
    url, texts = f"{NEW}template/", {}
    for name, field in AnnexForm(guest=True).fields.items():
        longest = getattr(field, "max_length", None) or 0
        if type(field).__name__ == "TextField" and longest:
            text = words.all if longest > 2_000 else words.line(longest)[:longest]
            texts[name] = _sendable(text)
    proof = SimpleUploadedFile("poa.pdf", b"%PDF-1.4 power")
    data = {"key": key_of(client, url), "kind": "legal", "authority": proof}
    answer = client.post(url, {**texts, **data, "a1_email": "ada@guests.example"})
    assert answer.status_code == 302, answer.context["form"].errors
    case = Complaint.objects.latest("pk")
    for page in ("", "received/"):
        shown = client.get(f"/complaints/{case.reference}/{page}")
        clean(shown.content.decode(), f"template {page}")
    if letter_system.available():
        _drawn(case, lambda _kind: True)


def _others_talk(people: People, words: Words) -> None:
    """On the board and in the chat."""
    member = board.member(people.other_customer)
    post = board.asked(member, title=words.line(80), text=words.kept)
    board.answered(member, post.topic, text=words.kept)
    client = Client()
    for url in ("/community/", f"/community/topics/{post.topic_id}/"):
        clean(client.get(url).content.decode(), url)
    data = {"name": words.line(60), "text": _sendable(words.all), "key": "k"}
    assert client.post("/chat/", data).status_code in (200, 302)
    clean(client.get("/chat/").content.decode(), "chat")


def test_every_question_is_among_the_forms() -> None:
    """What ``test_file`` holds of ``PAGES`` is not left out here by a new page."""
    assert len(questions.PAGES) == 10
