"""The queue page: its views, filters, pages and what it costs."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.models import Category, Complaint, Presence, Tag
from complaints.services.tags import add_tag
from teams.models import User
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

LIST = "/admin/complaints/complaint/"


def rows(answer: Any) -> list[str]:
    return [line.case.reference for line in answer.context["lines"]]


def test_queries_constant_at_1_3_and_50_rows(people: People, client: Client) -> None:
    client.force_login(people.support)
    spent = []
    made = 0
    client.get(LIST)
    for size in (1, 3, 50):
        for _n in range(size - made):
            cases.filed(people)
        made = size
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(LIST, {"view": "all"})
        assert len(rows(answer)) == size
        spent.append(len(caught))
    assert len(set(spent)) == 1, spent
    assert spent[0] <= 10


@pytest.mark.parametrize(
    ("state", "who"),
    [
        ("received", "support"),
        ("investigating", "security"),
        ("in_review", "security_lead"),
        ("remedying", "executor"),
        ("appealed", "appeals"),
        ("closed", "head"),
    ],
)
def test_a_case_takes_few_queries(
    people: People, client: Client, state: str, who: str
) -> None:
    """Fourteen, and in review four more that ask who may still sign."""
    case = cases.at(people, state)
    client.force_login(getattr(people, who))
    page = f"{LIST}{case.pk}/change/"
    client.get(page)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(page).status_code == 200
    assert len(caught) <= (18 if state == "in_review" else 16)


def test_queries_of_a_case_do_not_grow_with_its_story(
    people: People, client: Client
) -> None:
    from complaints.services import correspond

    case = cases.at(people, "investigating")
    client.force_login(people.security)
    page = f"{LIST}{case.pk}/change/"
    client.get(page)
    spent = []
    for size in (1, 3, 20):
        for _n in range(size):
            correspond.note(complaint=case, text="noted", actor=people.security)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page).status_code == 200
        spent.append(len(caught))
    assert len(set(spent)) == 1, spent


def test_pages_by_key_show_every_case_once(people: People, client: Client) -> None:
    for _n in range(53):
        cases.filed(people)
    client.force_login(people.support)
    first = client.get(LIST, {"view": "all"})
    second = client.get(first.context["older_url"])
    assert (len(rows(first)), len(rows(second))) == (50, 3)
    assert second.context["older_url"] == ""
    everything = set(Complaint.objects.values_list("reference", flat=True))
    assert {*rows(first), *rows(second)} == everything


@pytest.mark.parametrize("typed", ["whole", "packed", "lower", "spaced"])
def test_search_by_reference_forgives_its_spelling(
    people: People, client: Client, typed: str
) -> None:
    case = cases.filed(people)
    cases.filed(people)
    spelt = {
        "whole": case.reference,
        "packed": case.reference.replace("-", ""),
        "lower": case.reference.lower(),
        "spaced": case.reference.replace("-", " "),
    }
    client.force_login(people.support)
    assert rows(client.get(LIST, {"q": spelt[typed]})) == [case.reference]


def test_search_by_text_and_identifier(people: People, client: Client) -> None:
    one = cases.filed(people, subject="Memo missing", identifiers=())
    two = cases.filed(people, identifiers=(("wallet", "TXYZ-1", "tron"),))
    client.force_login(people.support)
    assert rows(client.get(LIST, {"q": "memo missing"})) == [one.reference]
    assert rows(client.get(LIST, {"q": "TXYZ-1"})) == [two.reference]
    assert rows(client.get(LIST, {"q": "TXY"})) == []


def test_filters_stand_in_the_address_and_can_be_taken_off(
    people: People, client: Client
) -> None:
    phone = cases.filed(people, channel="phone")
    cases.filed(people, channel="portal")
    client.force_login(people.support)
    answer = client.get(LIST, {"view": "all", "channel": "phone"})
    assert rows(answer) == [phone.reference]
    chosen = [line for menu in answer.context["menus"] for line in menu.chosen]
    assert [str(line["words"]) for line in chosen] == ["Phone"]
    assert len(rows(client.get(chosen[0]["url"]))) == 2


def test_null_character_reaches_no_statement(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    for view in ("team:\x00", "team:security\x00", "\x00"):
        assert client.get(LIST, {"view": view}).status_code == 200
    given = {"name": "\x00", "team": "\x00", "query": "tag=%00&view=team:%00"}
    assert client.post(f"{LIST}view/save/", given).status_code == 404
    for posted in ({"drop": "\x00"}, {"name": "\x00"}):
        assert client.post(f"{LIST}{case.pk}/tag/", posted).status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        {"view": "nonsense"},
        {"after": "never-a-key"},
        {"after": "-~99999999999999999999999999"},
        {"after": "2026-02-30T10:00:00Z~5"},
        {"after": "0001-01-01T00:00:00+14:00~5"},
        {"state": "nonsense"},
        {"handler__password__startswith": "pbkdf2"},
        {"customer__email": "customer@people.example"},
        {"o": "customer__user__password"},
        {"q": "\x00"},
        {"tag": "\x00"},
        {"severity": "\x00"},
        {"q": "%' OR 1=1 --"},
        {"q": "x" * 5000},
    ],
)
def test_unknown_words_in_the_address_tell_nothing(
    people: People, client: Client, query: dict[str, str]
) -> None:
    case = cases.filed(people)
    client.force_login(people.support)
    answer = client.get(LIST, {"view": "all", **query})
    assert answer.status_code == 200
    searched = query.get("q", "").strip("\x00")
    assert rows(answer) in ([[case.reference]] if not searched else [[]])


def test_counts_of_the_rail_are_those_of_the_lists(
    people: People, client: Client
) -> None:
    cases.at(people, "investigating")
    cases.at(people, "assigned")
    cases.at(people, "awaiting_customer")
    client.force_login(people.security)
    groups = client.get(LIST).context["rail_groups"]
    told = {view["url"].split("view=")[1]: view["count"] for view in groups[0]["views"]}
    for view, count in told.items():
        if count is not None:
            assert str(len(rows(client.get(LIST, {"view": view})))) == count, view
    told = {view: told[view] for view in ("mine", "team:security", "waiting")}
    assert list(told.values()) == ["2", "3", "1"]


def test_page_without_inline_script_or_style(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    for url in (LIST, f"{LIST}{case.pk}/change/", f"{LIST}{case.pk}/decision/"):
        answer = client.get(url)
        html = answer.content.decode()
        assert " style=" not in html
        assert " onclick=" not in html
        assert "<script>" not in html
        assert "unsafe" not in answer["Content-Security-Policy"]


def test_admin_sign_in_is_the_one_with_the_second_factor(client: Client) -> None:
    answer = client.get("/admin/login/", follow=True)
    assert answer.redirect_chain[0][0].startswith("/accounts/login/")


def test_staff_without_second_factor_is_asked_for_one(
    people: People, client: Client, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    client.force_login(people.security)
    answer = client.get(LIST)
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/2fa/"


def test_what_people_typed_is_text_in_a_row(people: People, client: Client) -> None:
    """Subject, tag, topic, handler and who is there: each by a mark of its own."""
    case = cases.at(people, "investigating")
    assert case.category is not None
    add_tag(complaint=case, name="Bench", actor=people.security)
    Tag.objects.update(name="<u>tag</u>")
    Category.objects.filter(pk=case.category.pk).update(names={"en": "<u>topic</u>"})
    Complaint.objects.filter(pk=case.pk).update(subject="<u>subject</u>")
    User.objects.filter(pk=people.security.pk).update(first_name="<u>handler</u>")
    User.objects.filter(pk=people.risk.pk).update(first_name="<u>here</u>")
    Presence.objects.create(complaint=case, user=people.risk, seen_at=timezone.now())
    client.force_login(people.security_lead)

    answer = client.get(LIST, {"view": "all"})

    [line] = answer.context["lines"]
    for mark in ("tag", "topic", "subject", "handler", "here"):
        assert f"&lt;u&gt;{mark}&lt;/u&gt;" in line.row
    assert "<u>" not in answer.content.decode()
