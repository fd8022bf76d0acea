"""What an app's customer is asked, in Chromium."""

from typing import Any

import pytest
from allauth.idp.oidc.models import Client as App
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.complaints.channels.app import keys
from tests.config.test_provider import app, asking
from tests.looking import NARROW, Looker, Mode, modes
from tests.people import everybody

__all__ = ["app"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("mode", modes(NARROW))
def test_consent_is_asked_and_what_is_wrong_is_said(
    transactional_db: None,
    app: App,
    live_server: LiveServer,
    browser: Browser,
    settings: Any,
    mode: Mode,
) -> None:
    settings.IDP_OIDC_PRIVATE_KEY = keys.pem()
    with Looker(browser, live_server, mode) as looker:
        looker.be(everybody().customer)
        looker.at(asking())
        looker.at(asking(code_challenge_method=None), status=400)
