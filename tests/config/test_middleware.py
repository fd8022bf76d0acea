"""Staff need a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import get_user_model
from django.test import Client
from pytest_django import Settings

SET_UP = "/accounts/2fa/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client, settings: Settings):
    settings.STAFF_SECOND_FACTOR = True
    person = get_user_model().objects.create_user("ann", is_staff=True)
    client.force_login(person)
    return person


def test_staff_without_second_factor_is_sent_to_set_it_up(
    client: Client, staff
) -> None:
    response = client.get("/admin/")

    assert (response.status_code, response.url) == (302, SET_UP)


def test_staff_with_second_factor_passes(client: Client, staff) -> None:
    TOTP.activate(staff, generate_totp_secret())

    assert client.get("/admin/", follow=True).status_code == 200
    assert Authenticator.objects.count() == 1


def test_staff_may_reach_the_page_where_it_is_set_up(client: Client, staff) -> None:
    assert client.get("/health/live").status_code == 200
    assert client.get("/accounts/logout/").status_code == 200


def test_customer_needs_none(client: Client, settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    client.force_login(get_user_model().objects.create_user("carl"))

    assert client.get("/accounts/email/").status_code == 200


def test_admin_has_no_sign_in_page_of_its_own(client: Client) -> None:
    response = client.get("/admin/login/?next=/admin/")

    assert (response.status_code, response.url.split("?")[0]) == (
        302,
        "/accounts/login/",
    )
