"""Every address there is, and how each is called with keys of somebody else's case."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from complaints.models import (
    Alarm,
    AlarmKind,
    Complaint,
    Draft,
    Evidence,
    EvidencePage,
    InformationBarrier,
    Letter,
    PersonRequest,
    PolicySnippet,
    QualityReview,
    RawMessage,
    ReplyTemplate,
)
from complaints.services import (
    barriers,
    compliance,
    drafts,
    improvement,
    incident_members,
    incidents,
    quality,
    sealed_files,
)
from complaints.services.correspond import note
from complaints.services.evidence import Upload, add_evidence
from teams.models import Team, User
from tests import cases
from tests.people import People
from tests.steps import step

SECRET = "zwiebelturm"
"""Stands in every text of the case; whoever reads it read what is not theirs."""

DOORS = ("/accounts/login/", "/admin/login/", "/track/", "/accounts/reauthenticate/")
SAID = frozenset({"text", "reason", "sure"})
"""Keys that go in no query."""
REFUSED = frozenset({401, 403, 404, 405})
WRITING = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Route:
    """An address as the table of addresses has it."""

    name: str
    pattern: str
    parameters: tuple[str, ...]


def routes() -> list[Route]:
    """All of them; a new door is here as soon as it is installed."""
    return list(_walk(get_resolver(), "", (), ()))


def _walk(
    resolver: URLResolver,
    prefix: str,
    spaces: tuple[str, ...],
    outer: tuple[str, ...],
) -> Iterator[Route]:
    for one in resolver.url_patterns:
        keys = (*outer, *_keys(one))
        path = f"{prefix}{one.pattern}"
        if isinstance(one, URLResolver):
            inner = (*spaces, one.namespace) if one.namespace else spaces
            yield from _walk(one, path, inner, keys)
        else:
            yield Route(":".join((*spaces, one.name or "-")), path, keys)


def _keys(one: URLPattern | URLResolver) -> tuple[str, ...]:
    regex = getattr(one.pattern, "regex", None)
    named = tuple(regex.groupindex) if regex is not None else ()
    return named or tuple(getattr(one.pattern, "converters", {}))


@dataclass(frozen=True)
class Victim:
    """A case under appeal with one of everything, and what its keys are."""

    case: Complaint
    letter: Letter
    raw: RawMessage
    appeal: Any
    remedy: Any
    evidence: Any

    def rows(self) -> dict[str, Model | None]:
        """By the name that Django's admin gives the model; None: whichever is first."""
        return {
            "complaints_complaint": self.case,
            "complaints_rawmessage": self.raw,
            "complaints_remedy": self.remedy,
            "complaints_compliancecheck": getattr(self.case, "compliance_check", None),
            "appeals_appeal": self.appeal,
        }


def make_victim(people: People) -> Victim:
    """The case that nobody but its customer and its staff may ever hear of."""
    case = cases.filed(
        people,
        subject=f"About the {SECRET}",
        description=f"The {SECRET} is gone.",
        points=(f"Where is the {SECRET}?", "Who took it?"),
    )
    evidence = _upload(people, case)
    for walk in cases.PATHS["appealed"][:2]:
        walk(people, case)
    _remark(people, case)
    for walk in cases.PATHS["appealed"][2:]:
        walk(people, case)
    raw = _raw_message()
    _learn(people, case)
    _ring()
    _seal(people, case)
    _draw(case)
    _sample()
    _furnish(people)
    _begin_draft(people)
    letter = case.letters.get(kind="receipt")
    return Victim(case, letter, raw, case.appeals.get(), case.remedies.get(), evidence)


@step
def _upload(people: People, case: Complaint) -> Evidence:
    upload = Upload(name=f"{SECRET}.txt", content=f"{SECRET} ".encode() * 3)
    evidence = add_evidence(complaint=case, upload=upload, actor=people.customer)
    page = EvidencePage(evidence=evidence, number=1, width=9, height=9)
    page.file.save("page", ContentFile(SECRET.encode()))
    return evidence


@step
def _draw(case: Complaint) -> None:
    assert compliance.draw() == 1


@step
def _learn(people: People, case: Complaint) -> None:
    """An incident that it is in, and an action against its cause."""
    lead, team = people.security_lead, Team.objects.get(code="security")
    incident = incidents.open_incident(
        title=f"The {SECRET}",
        team=team,
        scope=incidents.Scope(since=timezone.now()),
        actor=lead,
    )
    incident_members.add_cases(incident=incident, cases=[case.pk], actor=lead)
    plan = improvement.Plan(
        title=f"Against the {SECRET}",
        text=SECRET,
        cause="capacity",
        owner=lead,
        due_on=timezone.now().date() + timedelta(days=9),
        incident=incident,
    )
    improvement.open_action(team=team, plan=plan, actor=lead)


@step
def _ring() -> None:
    """An alarm of its team that nobody answered yet; the asset says what is secret."""
    now = timezone.now()
    Alarm.objects.create(
        kind=AlarmKind.RISE,
        cell="rise:walk",
        team=Team.objects.get(code="security"),
        asset=SECRET,
        since=now - timedelta(days=7),
        until=now,
        count=9,
        raised_at=now,
    )


@step
def _sample() -> None:
    """Its team's look at quality, a week later."""
    assert quality.draw(now=timezone.now() + timedelta(days=7)) == 1


@step
def _remark(people: People, case: Complaint) -> None:
    note(complaint=case, text=f"I know the {SECRET}.", actor=people.security)


@step
def _seal(people: People, case: Complaint) -> None:
    """A suspicion report on it, with a note and a file."""
    officer = people.compliance_officer
    barrier = barriers.put_up(
        complaint=case, kind="suspicion", reason="Layering suspected.", actor=officer
    )
    barriers.write(barrier=barrier, text=f"Sealed: {SECRET}.", actor=officer)
    upload = Upload(name=f"{SECRET}.txt", content=f"{SECRET} ".encode() * 3)
    sealed_files.keep_file(barrier=barrier, upload=upload, actor=officer)


@step
def _raw_message() -> RawMessage:
    return RawMessage.objects.create(
        provider="email",
        account="complaints@desk.example",
        external_id="1",
        raw=b"x",
        raw_sha256="0" * 64,
        received_at=timezone.now(),
        outcome="held",
        subject=SECRET,
    )


@step
def _begin_draft(people: People) -> None:
    """Another complaint of the customer, not sent yet; ``url_of`` knows its key."""
    story = {"subject": SECRET, "description": f"The {SECRET} again."}
    draft = drafts.begin(user=people.customer, language="en", answers={"story": story})
    Draft.objects.filter(pk=draft.pk).update(key="abc")


@step
def _furnish(people: People) -> None:
    """Rows of the configuration that no case brings, so that their pages have one."""
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.models import Client

    from complaints.channels.app.events import try_out
    from complaints.channels.app.models import Endpoint
    from teams.models import Absence, Competence, RoleTemplate

    now = timezone.now()
    for user in people.all().values():
        EmailAddress.objects.create(
            user=user, email=user.email, verified=True, primary=True
        )
    Absence.objects.create(
        user=people.risk, starts_at=now, ends_at=now + timedelta(days=1)
    )
    Competence.objects.create(user=people.risk, title="AML", valid_until=now.date())
    RoleTemplate.objects.create(name="Night shift")
    Client.objects.create(id="app", name="App", secret="")
    endpoint = Endpoint.objects.create(
        name="app", url="https://app.example/", secret="s", active=False
    )
    try_out(endpoint)
    _chat(people)
    _board(people)
    _order(people)
    team = Team.objects.get(code="security")
    PersonRequest.objects.create(
        kind="access",
        email="somebody@else.example",
        received_on=now.date(),
        due_on=now.date() + timedelta(days=30),
        recorded_by=people.head,
        recorded_at=now,
    )
    ReplyTemplate.objects.create(team=team, language="en", title="A", text="{name}")
    PolicySnippet.objects.create(language="en", title="A", rule="R 1", text="Hold it.")


def _order(people: People) -> None:
    """A return that nobody made yet."""
    from complaints.compliance.returns.orders import order
    from complaints.compliance.returns.reports import begin

    given = {"kind": "eu-casp", "period": "2026", "form": "json", "language": "en"}
    order(**given, actor=people.compliance_officer)
    begin(period="2026-H1", actor=people.compliance_officer)


def _board(people: People) -> None:
    """A private matter of the customer on the board; two others are members too."""
    from complaints.channels.forum import services
    from complaints.channels.forum.members import join
    from complaints.channels.forum.models import Category, Standing

    Category.objects.create(code="fees", names={"en": "Fees"})
    members = [
        join(user=user, nickname=f"reader {user.pk}")
        for user in (people.customer, people.other_customer, people.outsider)
    ]
    written = services.begin_topic(
        member=members[0],
        category=Category.objects.all()[0],
        title=SECRET,
        text=f"The {SECRET} on the board.",
        key="walk",
    )
    with transaction.atomic():
        services.stand(written.post, Standing.PRIVATE)


def _chat(people: People) -> None:
    """A conversation of the customer that waits, with a file."""
    from complaints.channels.chat import files, talk
    from complaints.channels.chat.models import Author

    start = talk.Start(language="en", name=SECRET, user=people.customer)
    file = files.check(f"{SECRET}.txt", SECRET.encode())
    talk.say(talk.begin(start), SECRET, author=Author.CUSTOMER, file=file)


def url_of(route: Route, victim: Victim) -> str:
    """The address with the victim's keys in every place."""
    values = {key: _value(key, route, victim) for key in route.parameters}
    if route.name.endswith("-") or not route.name:
        return _by_hand(route, values)
    try:
        return reverse(route.name, kwargs=values)
    except NoReverseMatch:
        return _by_hand(route, values)


def _value(key: str, route: Route, victim: Victim) -> Any:
    row = _row_of(route, victim)
    known = {
        "reference": victim.case.reference,
        "pk": row.pk if row else victim.case.pk,
        "id": row.pk if row else victim.case.pk,
        "object_id": row.pk if row else victim.case.pk,
        "content_type_id": 1,
        "letter_pk": victim.letter.pk,
        "barrier_pk": _first(InformationBarrier.objects),
        "remedy_pk": victim.remedy.pk,
        "number": _number(route, victim),
        "name": "take",
        "kind": "eu-casp",
        "slug": "keeping-up",
        "what": "question",
        "one": 1,
        "item": 1,
        "seat": 1,
        "token": "0" * 43,
        "app_label": "complaints",
        "code": "fees" if route.name.startswith("forum:") else "procedure",
        "language": "en",
        "topic": _board_key("Topic", route),
        "post": _board_key("Post", route),
        "url": "complaints/nothing",
        "key": "abc",
        "page": 1 if "evidence" in route.pattern else "story",
        "uidb36": "1",
        "provider_id": "exchange",
    }
    return known[key]


def _first(rows: Any) -> int:
    """Its key; 0 where there is none, as in the demo."""
    row = rows.order_by("pk").first()
    return int(row.pk) if row else 0


def _board_key(name: str, route: Route) -> int:
    return _first(apps.get_model("forum", name)._default_manager)


def _number(route: Route, victim: Victim) -> int:
    if "chat" in route.pattern:
        file = (
            apps.get_model("chat", "ChatFile")._default_manager.order_by("pk").first()
        )
        return int(file.line_id) if file else 0
    if "/alarm/" in route.pattern:
        return _first(Alarm.objects)
    if "persons" in route.pattern:
        return _first(PersonRequest.objects)
    if "quality" in route.pattern:
        return _first(QualityReview.objects)
    if "restricted" in route.pattern:
        return _first(Evidence.every.exclude(behind=None))
    if "remed" in route.pattern:
        return int(victim.remedy.pk)
    if "letter" in route.pattern:
        return victim.letter.pk
    if "appeal" in route.pattern:
        return int(victim.appeal.pk)
    return int(victim.evidence.number)


def _row_of(route: Route, victim: Victim) -> Model | None:
    """The row that an admin page is about, by the model in its path."""
    parts = route.pattern.split("/")
    if parts[0] != "admin" or len(parts) < 4:
        return None
    known = victim.rows().get(f"{parts[1]}_{parts[2]}")
    if known is not None:
        return known
    try:
        return apps.get_model(parts[1], parts[2])._default_manager.first()
    except LookupError:
        return None


def _by_hand(route: Route, values: dict[str, Any]) -> str:
    path = route.pattern
    for key, value in values.items():
        path = re.sub(rf"<(?:\w+:)?{key}>", str(value), path)
        path = re.sub(rf"\(\?P<{key}>(?:[^()]|\([^()]*\))*\)", str(value), path)
    return "/" + path.replace("^", "").rstrip("$").replace("\\Z", "")


def keys_of(victim: Victim) -> dict[str, Any]:
    """The victim's keys under every name that a parameter could have."""
    pk, reference = victim.case.pk, victim.case.reference
    names = ("id", "pk", "case", "complaint", "object_id", "complaint_id", "survivor")
    listed = ("_selected_action", "ids", "cases", "complaints")
    return {
        **dict.fromkeys(names, pk),
        **{name: [pk] for name in listed},
        "reference": reference,
        "action": "delete_selected",
        "complaint__id__exact": pk,
        "customer__id__exact": victim.case.customer_id,
        "number": victim.evidence.number,
        "remedy": victim.remedy.pk,
        "version": victim.case.version,
        "text": "Hello",
        "reason": "Because",
        "sure": "on",
    }


class Caller:
    """One person at their browser, or nobody, with the victim's keys at hand."""

    def __init__(self, victim: Victim, user: User | None) -> None:
        self.victim, self.user = victim, user
        self.client = Client(raise_request_exception=False)
        self.doors: set[str] = set()
        self._sign_in()

    def _sign_in(self) -> None:
        if self.user is not None:
            self.client.force_login(self.user)
            self.session = self._session_key()

    def _session_key(self) -> str:
        return self.client.cookies[settings.SESSION_COOKIE_NAME].value

    def call(self, method: str, url: str) -> HttpResponseBase:
        """One request with the victim's keys in query and body; GET is followed."""
        response = self._send(method, url, keys_of(self.victim))
        if self.user is not None and self._session_key() != self.session:
            self._sign_in()  # It was the address to sign out, or one of that kind.
        return response

    def _send(self, method: str, url: str, keys: dict[str, Any]) -> HttpResponseBase:
        headers = {"HTTP_IF_MATCH": str(self.victim.case.version)}
        if method == "GET":
            return self._follow(url, {k: keys[k] for k in keys if k not in SAID})
        if method == "FORM":
            file = SimpleUploadedFile("a.txt", b"hello")
            return self.client.post(url, {**keys, "file": file}, **headers)
        send = getattr(self.client, method.lower())
        body = json.dumps(keys)
        answer: HttpResponseBase = send(
            url, body, content_type="application/json", **headers
        )
        return answer

    def _follow(self, url: str, query: dict[str, Any]) -> HttpResponseBase:
        """What stands behind a door is looked at once: it is the same for all."""
        headers = {"HTTP_IF_MATCH": str(self.victim.case.version)}
        response = self.client.get(url, query, **headers)
        door = response.headers.get("Location", "").partition("?")[0]
        if not door or door in self.doors:
            return response
        if door in DOORS:
            self.doors.add(door)
        return self.client.get(url, query, follow=True, **headers)


def is_refused(response: Any, url: str) -> bool:
    """401, 403, 404 or 405, or sent to a page where one says who one is."""
    if response.status_code in REFUSED:
        return True
    chain = [*getattr(response, "redirect_chain", [])]
    last = chain[-1][0] if chain else response.headers.get("Location", url)
    return str(last) != url and str(last).startswith(DOORS)


def text_of(response: Any) -> str:
    if response.streaming:
        return b"".join(response.streaming_content).decode("utf-8", "replace")
    return str(response.content.decode("utf-8", "replace"))


@contextmanager
def writes() -> Iterator[list[str]]:
    """The statements that changed a row meanwhile; sessions are not counted."""
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITING.match(sql) and "django_session" not in sql:
            seen.append(sql[:100])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen
