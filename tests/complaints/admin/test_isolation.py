"""T1: no role meets a row of somebody else on any page of the staff's door."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from complaints.models import Complaint, Evidence, RawMessage, Remedy
from complaints.services import correspond, evidence
from complaints.states import Intake
from tests import cases
from tests.few import few
from tests.people import People

pytestmark = pytest.mark.django_db

ROLES = ("support", "risk", "security", "legal", "executor", "admin")
SECRET = "Zebra-quartz-7 must never be read elsewhere"
OURS = ("complaints_complaint", "complaints_remedy", "complaints_rawmessage")
AUTOCOMPLETE = "/admin/autocomplete/?app_label=complaints&term=RC&model_name="
REFUSED = {403, 404, 405}
STATUS_ROUTES = {"complaints_complaint_status", "complaints_complaint_status_message"}
LIST = "/admin/complaints/complaint/"


def foreign_case(people: People, state: str) -> Complaint:
    """A case of the technology team, which none of ``ROLES`` belongs to."""
    case = cases.filed(people, by=people.other_customer, subject=SECRET)
    cases.admit(people, case, team="tech")
    correspond.note(complaint=case, text=SECRET, actor=people.tech)
    evidence.add_evidence(
        complaint=case,
        upload=evidence.Upload("secret.txt", SECRET.encode()),
        actor=people.tech,
    )
    if state == "closed":
        cases.perform(case, "withdraw", actor=people.other_customer)
    return case


def routes() -> Iterator[tuple[str, list[str]]]:
    """(name, parameters) of every address below /admin/."""
    root = next(
        entry
        for entry in get_resolver().url_patterns
        if isinstance(entry, URLResolver) and entry.namespace == "admin"
    )
    yield from _walk(root)


def _walk(resolver: URLResolver) -> Iterator[tuple[str, list[str]]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry)
        elif isinstance(entry, URLPattern) and entry.name:
            yield entry.name, list(entry.pattern.converters)


def keyed_routes() -> list[str]:
    return sorted({name for name, keys in routes() if keys and _ours(name)})


def _ours(name: str) -> bool:
    return name.startswith(OURS)


def address(name: str, case: Complaint) -> str:
    """The route with keys of that case in every place."""
    keys = dict(routes())[name]
    remedy, file = case.remedies.first(), case.evidence.first()
    letter, raw = case.letters.first(), case.raw_messages.first()
    known = {
        "pk": case.pk,
        "object_id": case.pk,
        "number": file.number if file else 1,
        "letter_pk": letter.pk if letter else 1,
        "barrier_pk": 1,
        "remedy_pk": remedy.pk if remedy else 1,
        "page": 1,
        "key": "0" * 32,
        "name": "evidence" if name.endswith("_act") else "take",
    }
    if name.startswith("complaints_remedy"):
        known |= {"pk": remedy.pk if remedy else 0, "name": "start"}
        known["object_id"] = known["pk"]
    if name.startswith("complaints_rawmessage"):
        known |= {"pk": raw.pk if raw else 0}
        known["object_id"] = known["pk"]
    return reverse(f"admin:{name}", kwargs={key: known[key] for key in keys})


def body_of(response: Any) -> str:
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content).decode(errors="replace")
    return str(response.content.decode(errors="replace"))


def leaks(response: Any, case: Complaint) -> list[str]:
    text = body_of(response)
    return [word for word in (SECRET, case.reference, "secret.txt") if word in text]


@pytest.fixture
def foreign(people: People) -> Complaint:
    return foreign_case(people, "open")


@pytest.mark.parametrize(
    ("role", "state"),
    few(list(product(ROLES, ("open", "closed"))), ("risk", "open")),
)
def test_foreign_case_refused_on_every_route(
    people: People, client: Client, role: str, state: str
) -> None:
    case = foreign_case(people, state)
    client.force_login(people.all()[role])
    for name in keyed_routes():
        if role == "support" and name in STATUS_ROUTES:
            continue
        url = address(name, case)
        for ask in (client.get, client.post):
            answer = ask(url, follow=True)
            assert answer.status_code in REFUSED, (name, ask.__name__, url)
            assert leaks(answer, case) == [], (name, ask.__name__)


@pytest.mark.parametrize("role", few(ROLES, "support", "risk", "admin"))
def test_lists_and_searches_name_no_foreign_case(
    people: People, client: Client, foreign: Complaint, role: str
) -> None:
    client.force_login(people.all()[role])
    asks = (
        "/admin/",
        "/admin/complaints/",
        LIST,
        f"{LIST}?view=all",
        f"{LIST}?view=team:tech",
        f"{LIST}?team=tech&state=open",
        f"{LIST}?q=Zebra-quartz-7",
        f"{LIST}?q=9f3c51aa5a697c",
        f"{LIST}?customer__email=other_customer@people.example",
        f"{LIST}?after=-~1",
        "/admin/complaints/remedy/",
        "/admin/complaints/remedy/?q=Zebra",
        "/admin/complaints/rawmessage/",
        f"{AUTOCOMPLETE}remedy&field_name=complaint",
        f"{AUTOCOMPLETE}complaint&field_name=merged_into",
    )
    for url in asks:
        answer = client.get(url, follow=True)
        assert answer.status_code in {200, 400, 403, 404}, url
        assert leaks(answer, foreign) == [], url


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"support"}))
def test_reference_of_foreign_case_finds_nothing(
    people: People, client: Client, foreign: Complaint, role: str
) -> None:
    client.force_login(people.all()[role])
    answer = client.get(LIST, {"q": foreign.reference})
    assert SECRET not in body_of(answer)
    assert f"/{foreign.pk}/" not in body_of(answer)


def test_support_reads_the_public_status_and_nothing_inside(
    people: People, client: Client, foreign: Complaint
) -> None:
    client.force_login(people.support)
    found = client.get(LIST, {"q": foreign.reference})
    status = f"{LIST}{foreign.pk}/status/"
    assert status in body_of(found)
    page = client.get(status)
    assert page.status_code == 200
    text = body_of(page)
    assert "Checking" in text
    for inside in (SECRET, "secret.txt", "Tech", "9f3c51"):
        assert inside not in text


def test_support_does_not_read_the_status_of_a_barred_case(
    people: People, client: Client, foreign: Complaint
) -> None:
    Complaint.objects.filter(pk=foreign.pk).update(barrier="insider")
    client.force_login(people.support)
    assert client.get(f"{LIST}{foreign.pk}/status/").status_code == 404
    assert SECRET not in body_of(client.get(LIST, {"q": foreign.reference}))


def test_own_case_open_to_its_team(people: People, client: Client) -> None:
    case = cases.at(people, "assigned")
    client.force_login(people.security)
    page = client.get(f"{LIST}{case.pk}/change/")
    assert page.status_code == 200
    assert case.reference in body_of(page)


def test_leaving_the_team_shuts_the_door_at_once(
    people: People, client: Client
) -> None:
    from teams.models import Team
    from teams.services import remove_member

    case = cases.at(people, "assigned")
    client.force_login(people.security)
    security = Team.objects.get(code="security")
    remove_member(user=people.security, team=security, actor=people.admin)
    assert client.get(f"{LIST}{case.pk}/change/").status_code == 302
    client.force_login(people.security)
    assert client.get(f"{LIST}{case.pk}/change/").status_code == 404
    people.security.is_active = False
    people.security.save()
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize("who", ["customer", "outsider", None])
def test_nobody_but_staff_gets_in(
    people: People, client: Client, who: str | None
) -> None:
    case = cases.at(people, "assigned")
    if who:
        client.force_login(people.all()[who])
    for url in ("/admin/", LIST, f"{LIST}{case.pk}/change/", f"{LIST}log/"):
        answer = client.get(url)
        assert answer.status_code in {302, 403}, url
        assert case.reference not in body_of(answer)


@pytest.mark.parametrize("role", few(ROLES, "support", "admin"))
def test_nobody_adds_deletes_or_grants(
    people: People, client: Client, role: str
) -> None:
    case = cases.at(people, "remedying")
    user = people.all()[role]
    client.force_login(user)
    remedy = case.remedies.get()
    for model, pk in (("complaint", case.pk), ("remedy", remedy.pk)):
        base = f"/admin/complaints/{model}/"
        for url in (f"{base}add/", f"{base}{pk}/delete/", f"{base}{pk}/history/"):
            for ask in (client.get, client.post):
                assert ask(url, {"post": "yes"}).status_code in {403, 404}, url
        grant = client.post(f"{base}{pk}/permissions/user-manage/{user.pk}/")
        assert grant.status_code in {302, 404}
    assert Complaint.objects.filter(pk=case.pk).exists()
    assert Remedy.objects.filter(pk=remedy.pk).exists()
    assert not any("permissions" in name for name, _keys in routes())


def test_superuser_sees_nothing_until_the_glass_is_broken(
    people: People, client: Client
) -> None:
    case = cases.at(people, "assigned")
    client.force_login(people.admin)
    page = f"{LIST}{case.pk}/change/"
    assert client.get(page).status_code == 404
    refused = client.post(
        f"{LIST}break-glass/", {"reference": case.reference, "reason": "short"}
    )
    assert refused.status_code == 422
    assert client.get(page).status_code == 404
    opened = client.post(
        f"{LIST}break-glass/",
        {"reference": case.reference.lower(), "reason": "The ledger check names it"},
    )
    assert opened.status_code == 302
    assert opened["Location"] == page
    assert case.reference in body_of(client.get(page))


def test_break_glass_is_for_superusers_alone(people: People, client: Client) -> None:
    client.force_login(people.head)
    for ask in (client.get, client.post):
        assert ask(f"{LIST}break-glass/").status_code == 403


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"admin"}))
def test_configuration_is_for_superusers_alone(
    people: People, client: Client, role: str
) -> None:
    client.force_login(people.all()[role])
    for name, keys in routes():
        if name.startswith("teams_") and not keys:
            url = f"/admin/teams/{name.removeprefix('teams_').replace('_', '/')}/"
            answer = client.get(url.replace("/changelist", ""))
            assert answer.status_code == 403, name
    assert client.get("/admin/complaints/category/").status_code == 403


def test_no_page_shows_groups_or_the_seed_of_a_second_factor(people: People) -> None:
    names = {model._meta.label for model in admin.site._registry}
    assert "auth.Group" not in names
    assert "mfa.Authenticator" not in names


def test_held_message_is_for_those_who_triage(people: People, client: Client) -> None:
    RawMessage.objects.create(
        provider="email",
        account="desk",
        external_id="1",
        raw=b"x",
        raw_sha256="0" * 64,
        received_at="2026-11-01T00:00:00Z",
        outcome=Intake.HELD,
        sender="somebody@people.example",
        subject="Zebra held",
    )
    for role, seen in (("support", True), ("security", False), ("admin", False)):
        client.force_login(people.all()[role])
        text = body_of(client.get("/admin/complaints/rawmessage/"))
        assert ("Zebra held" in text) is seen, role


def test_evidence_comes_as_an_attachment_and_is_on_record(
    people: People, client: Client, foreign: Complaint
) -> None:
    from complaints.models import Event

    file = Evidence.objects.get(complaint=foreign)
    client.force_login(people.tech)
    answer = client.get(f"{LIST}{foreign.pk}/evidence/{file.number}/")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert body_of(answer) == SECRET
    assert Event.objects.filter(stream=f"reads:{foreign.pk}").count() == 1
