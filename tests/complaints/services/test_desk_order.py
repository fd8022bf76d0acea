"""Watched cases and saved views: whose they are, and what they never tell."""

from typing import Any
from urllib.parse import quote

import pytest

from complaints.errors import InvalidInput, NotPermitted, NotVisible
from complaints.models import Event, SavedView, Watch
from complaints.permissions import viewer_of
from complaints.selectors.desk import views_of
from complaints.services import desk_order
from teams.models import Team, User
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def save(user: User, name: str = "Hot", query: str = "view=all", **more: Any) -> Any:
    return desk_order.save_view(name=name, query=query, actor=user, **more)


def names(user: User) -> list[str]:
    return list(views_of(viewer_of(user)).values_list("name", flat=True))


def test_watching_twice_is_watching_once_and_leaves_no_event(people: People) -> None:
    case, before = cases.at(people, "investigating"), Event.objects.count()
    for on in (True, True, False, False, True):
        desk_order.watch(complaint=case, actor=people.security, on=on)
        assert Watch.objects.count() == on
    assert Event.objects.count() == before


@pytest.mark.parametrize("name", ["tech", "outsider", "customer"])
def test_nobody_watches_what_they_do_not_see_at_the_desk(
    people: People, name: str
) -> None:
    case = cases.at(people, "investigating")
    with pytest.raises(NotVisible):
        desk_order.watch(complaint=case, actor=getattr(people, name))
    assert not Watch.objects.exists()


def test_views_are_private_or_of_a_team(people: People) -> None:
    team = Team.objects.get(code="security")
    save(people.security, "Mine")
    save(people.security, "Ours", team=team)

    assert names(people.security) == ["Mine", "Ours"]
    assert names(people.security_lead) == ["Ours"]
    assert names(people.tech) == names(people.head) == []


def test_team_view_is_made_in_one_own_team_and_dropped_by_maker_or_lead(
    people: People,
) -> None:
    team = Team.objects.get(code="security")
    with pytest.raises(NotPermitted):
        save(people.tech, team=team)
    view = save(people.security_lead, team=team)
    with pytest.raises(NotPermitted):
        desk_order.drop_view(view=view, actor=people.security)
    theirs = save(people.security, "B", team=team)
    desk_order.drop_view(view=theirs, actor=people.security_lead)
    assert list(SavedView.objects.all()) == [view]


def test_what_cannot_be_saved_is_refused_in_words(people: People) -> None:
    team, who = Team.objects.get(code="security"), people.security
    case = cases.at(people, "investigating")
    asked = f"view=all&q={case.reference.lower()}"
    dash = quote("\u2013")
    save(who, query=asked)
    refused = [
        ("taken", {"name": "Hot"}),
        ("empty", {"name": " "}),
        ("too_long", {"name": "x" * 61}),
        ("reference", {"name": case.reference, "team": team}),
        ("reference", {"name": "B", "query": asked, "team": team}),
        ("reference", {"name": "B", "query": asked.replace("-", "+"), "team": team}),
        # As a word processor writes it, and as the address then escapes it.
        ("reference", {"name": "B", "query": asked.replace("-", dash), "team": team}),
        ("empty", {"name": "\u200b"}),
    ]
    for code, given in refused:
        with pytest.raises(InvalidInput) as caught:
            save(who, **given)
        assert caught.value.reason == code
    for n in range(desk_order.MOST_VIEWS - 1):
        save(who, f"n{n}")
    with pytest.raises(InvalidInput) as caught:
        save(who, "one more")
    assert caught.value.reason == "too_many"
