"""The queue's saved views, tags and watched cases, as staff press them."""

import pytest
from django.test import Client

from complaints.models import Complaint, SavedView, Tag, Watch
from complaints.services.tags import add_tag
from tests import cases
from tests.complaints.admin.test_queue import LIST, rows
from tests.people import People

pytestmark = pytest.mark.django_db


def test_view_is_saved_counted_shown_and_deleted(
    people: People, client: Client
) -> None:
    phone = cases.at(people, "investigating", channel="phone")
    cases.at(people, "investigating")
    client.force_login(people.security)
    page = client.get(
        LIST, {"view": "all", "channel": ["phone", "email"], "after": "x"}
    )
    form = {"query": page.context["kept_query"], "name": "Calls", "team": "security"}

    saved = client.post(f"{LIST}view/save/", form)
    view = SavedView.objects.get()
    answer = client.get(saved["Location"])

    assert view.query == "view=all&channel=phone&channel=email"
    assert (rows(answer), answer.context["title"]) == ([phone.reference], "Calls")
    lines = [line for group in answer.context["rail_groups"] for line in group["views"]]
    assert [(line["name"], line["count"]) for line in lines if line.get("current")] == [
        ("Calls", "1")
    ]
    client.force_login(people.tech)
    assert "Calls" not in client.get(LIST).content.decode()
    assert client.post(f"{LIST}view/{view.pk}/drop/").status_code == 404
    client.force_login(people.security_lead)
    assert client.post(f"{LIST}view/{view.pk}/drop/").status_code == 302
    assert not SavedView.objects.exists()


def test_view_for_a_team_that_is_not_ones_own_is_not_there(
    people: People, client: Client
) -> None:
    client.force_login(people.security)
    form = {"query": "view=all", "name": "Ours", "team": "tech"}
    assert client.post(f"{LIST}view/save/", form).status_code == 404


def test_case_is_watched_and_tagged_and_the_queue_shows_it(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    page = f"{LIST}{case.pk}/"
    client.force_login(people.security)

    assert client.post(f"{page}watch/", {"on": "1"}).status_code == 302
    assert client.post(f"{page}tag/", {"name": "Mule account"}).status_code == 302

    line = client.get(LIST, {"tag": "mule account"}).context["lines"][0]
    assert (line.watched, [tag.name for tag in line.tags]) == (True, ["Mule account"])
    shown = client.get(f"{page}change/")
    assert (shown.context["watched"], shown.context["tags"]) == (True, line.tags)
    client.post(f"{page}tag/", {"drop": "mule account"})
    client.post(f"{page}watch/", {"on": "0"})
    assert not client.get(LIST).context["lines"][0].tags
    assert not Watch.objects.exists()


def test_refused_tag_says_why(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    page = client.post(f"{LIST}{case.pk}/tag/", {"name": case.reference}, follow=True)
    assert "it names no case" in page.content.decode()
    assert not Tag.objects.exists()


def test_tags_of_hidden_cases_are_in_no_menu_and_no_suggestion(
    people: People, client: Client
) -> None:
    hidden, seen = cases.at(people, "investigating"), cases.at(people, "investigating")
    add_tag(complaint=hidden, name="Zwiebel", actor=people.security)
    client.force_login(people.security)
    pages = (LIST, f"{LIST}{seen.pk}/change/")
    assert all("Zwiebel" in client.get(url).content.decode() for url in pages)

    Complaint.objects.filter(pk=hidden.pk).update(barrier="insider")
    for url in (*pages, f"{LIST}?view=all&tag=zwiebel"):
        assert "Zwiebel" not in client.get(url).content.decode()
