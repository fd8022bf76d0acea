"""What customers see and choose about themselves, and that it is kept to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from complaints.letters import language_of
from complaints.models import Letter, Outbox, Party
from complaints.optional_notices import OPTIONAL
from complaints.outbox import recipients_of
from complaints.services.correspond import reply
from complaints.services.intake import party_of_user
from complaints.states import LetterKind
from complaints.templatetags.look import written
from tests import cases
from tests.people import PASSWORD, People, make_user

URL = "/accounts/preferences/"
CHOICE = {
    "language": "zh-hans",
    "time_zone": "Asia/Shanghai",
    "notices": ["remedy_done"],
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(client: Client, people: People) -> Any:
    client.force_login(people.customer)
    return people.customer


def test_choice_is_kept_for_account_and_party(client: Client, customer: Any) -> None:
    party = party_of_user(customer)

    answer = client.post(URL, CHOICE)

    customer.refresh_from_db()
    party.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, URL)
    assert (customer.language, customer.time_zone) == ("zh-hans", "Asia/Shanghai")
    assert customer.muted_notices == ["closed", "reply"]
    assert customer.preferred_at is not None
    assert (party.language, party.time_zone) == ("zh-hans", "Asia/Shanghai")


def test_pages_follow_at_once_and_in_the_next_browser(
    client: Client, customer: Any
) -> None:
    client.post(URL, CHOICE)
    assert '<html lang="zh-hans"' in client.get(URL).content.decode()

    customer.emailaddress_set.create(email=customer.email, verified=True, primary=True)
    other = Client()
    other.cookies["django_language"] = "en"
    other.post("/accounts/login/", {"login": "customer", "password": PASSWORD})
    assert other.cookies["django_language"].value == "zh-hans"


def test_language_of_this_browser_stands_until_one_was_saved(people: People) -> None:
    people.customer.emailaddress_set.create(
        email=people.customer.email, verified=True, primary=True
    )
    browser = Client()
    browser.cookies["django_language"] = "zh-hans"
    browser.post("/accounts/login/", {"login": "customer", "password": PASSWORD})

    assert browser.cookies["django_language"].value == "zh-hans"


def test_sign_up_keeps_the_language_of_its_page(client: Client) -> None:
    from teams.models import User

    client.cookies["django_language"] = "zh-hans"
    words = "a quiet harbour 7"
    client.post(
        "/accounts/signup/",
        {"email": "new@example.org", "password1": words, "password2": words},
    )

    assert User.objects.get(email="new@example.org").language == "zh-hans"


def test_letters_follow_once_a_language_was_chosen(
    client: Client, people: People
) -> None:
    case = cases.filed(people)
    assert language_of(case) == "en"
    client.force_login(people.customer)
    client.post(URL, CHOICE)

    case.refresh_from_db()
    assert language_of(case) == "zh-hans"


def test_moments_are_written_in_the_chosen_zone(client: Client, customer: Any) -> None:
    client.post(URL, {**CHOICE, "language": "en"})
    seen = []

    def look(_request: Any) -> Any:
        seen.append(written(datetime(2027, 1, 18, 23, 5, tzinfo=UTC)))
        from django.http import HttpResponse

        return HttpResponse()

    from django.test import RequestFactory

    from config.middleware import TimeZoneMiddleware

    customer.refresh_from_db()
    request = RequestFactory().get("/")
    request.user = customer
    TimeZoneMiddleware(look)(request)
    assert "19" in seen[0]
    assert "07:05" in seen[0]
    assert timezone.get_current_timezone_name() == "UTC"


@pytest.mark.parametrize("zone", ["", "Mars/Phobos", "../x", "Asia"])
def test_zone_that_is_none_shuts_nobody_out(
    client: Client, customer: Any, zone: str
) -> None:
    customer.time_zone = zone
    customer.save()

    assert client.get(URL).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("page", [URL, "/accounts/profile/", "/accounts/3rdparty/"])
def test_page_asks_as_little_for_many_complaints_as_for_one(
    client: Client,
    people: People,
    page: str,
    count: int,
    django_assert_max_num_queries: Any,
) -> None:
    for _ in range(count):
        cases.filed(people)
    client.force_login(people.customer)

    with django_assert_max_num_queries(12):
        assert client.get(page).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "de"),
        ("language", ""),
        ("time_zone", "Mars/Phobos"),
        ("time_zone", "../../etc/passwd"),
        ("notices", ["decision"]),
    ],
)
def test_what_is_no_choice_is_refused_and_nothing_kept(
    client: Client, customer: Any, field: str, value: Any
) -> None:
    answer = client.post(URL, {**CHOICE, field: value})

    customer.refresh_from_db()
    assert answer.status_code == 200
    assert b"There is a problem" in answer.content
    assert (customer.muted_notices, customer.preferred_at) == ([], None)


# Notices ------------------------------------------------------------------------------


def _mails(kind: str) -> int:
    return Outbox.objects.filter(letter__kind=kind).count()


def test_message_stays_in_the_portal_where_no_mail_is_wanted(
    client: Client, people: People
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.customer)
    reply(
        complaint=case, text="We look into it.", actor=case.handler or people.security
    )
    assert (_mails("reply"), Letter.objects.filter(kind="reply").count()) == (1, 1)

    client.post(URL, CHOICE)
    case.refresh_from_db()
    reply(complaint=case, text="Still looking.", actor=case.handler or people.security)

    assert (_mails("reply"), Letter.objects.filter(kind="reply").count()) == (1, 2)


@pytest.mark.parametrize("kind", sorted(set(LetterKind.values) - set(OPTIONAL)))
def test_statutory_letter_goes_out_whatever_stands_in_the_account(
    people: People, kind: str
) -> None:
    case = cases.filed(people)
    people.customer.muted_notices = list(LetterKind.values)
    people.customer.save()
    case.refresh_from_db()

    assert [who.address for who in recipients_of(case, kind)] == [people.customer.email]


# About oneself ------------------------------------------------------------------------


def test_profile_shows_what_is_held_and_of_nobody_else(
    client: Client, people: People
) -> None:
    cases.filed(people)
    people.customer.account_id = "40001"
    people.customer.save()
    Party.objects.update(city="Berlin", country="DE")
    client.force_login(people.customer)

    page = client.get("/accounts/profile/")
    words = page.content.decode()

    assert page["Cache-Control"] == "no-store, private"
    assert "40001" in words
    assert "confirmed by the exchange" in words
    assert "1 complaint is filed" in words
    assert "Berlin, Germany" in words
    client.force_login(people.other_customer)
    other = client.get("/accounts/profile/").content.decode()
    assert "40001" not in other
    assert people.customer.email not in other


def test_sign_out_everywhere_else_ends_the_other_sessions() -> None:
    user = make_user("two.browsers")
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    here, there = Client(), Client()
    for browser in (here, there):
        browser.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    assert UserSession.objects.filter(user=user).count() == 2

    here.post("/accounts/sessions/")

    assert UserSession.objects.filter(user=user).count() == 1
    assert here.get("/accounts/profile/").status_code == 200
    assert there.get("/accounts/profile/").status_code == 302


def test_sessions_say_when_they_were_last_used(
    settings: Any, django_assert_num_queries: Any
) -> None:
    settings.SESSION_SEEN_EVERY = 300
    user, client = make_user("seen"), Client()
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client.post("/accounts/login/", {"login": user.username, "password": PASSWORD})
    UserSession.objects.update(last_seen_at=timezone.now() - timedelta(days=3))
    cache.clear()

    with django_assert_num_queries(3):  # the session, its owner, and the note
        client.get("/complaints/new/")
    with django_assert_num_queries(2):
        client.get("/complaints/new/")

    session = UserSession.objects.get(user=user)
    assert timezone.now() - session.last_seen_at < timedelta(minutes=1)
    page = client.get("/accounts/sessions/").content.decode()
    assert "last used" in page
    assert f'datetime="{session.last_seen_at.isoformat()}"' in page
