"""Whom tries are counted by."""

from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.test import RequestFactory
from rest_framework.settings import api_settings

from complaints.api.throttles import ByAddress, ByPerson
from complaints.throttle import Limit, client_address

WHOSE = {
    "203.0.113.9": "203.0.113.9",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::",
    "2001:DB8:1:2:ffff::": "2001:db8:1:2::",
    "2001:db8:1:3::1": "2001:db8:1:3::",
    "fe80::1%eth0": "fe80::",
    "::ffff:203.0.113.9": "203.0.113.9",
    "": "",
    "unix:": "unix:",
}


@pytest.mark.parametrize(("address", "whose"), WHOSE.items())
def test_a_network_of_ipv6_is_one_client(address: str, whose: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    assert client_address(request) == whose


def test_an_address_that_a_trusted_proxy_names_counts_alike(settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    said = {"HTTP_X_FORWARDED_FOR": "10.0.0.1, 2001:db8:1:2::77"}
    request = RequestFactory().get("/", REMOTE_ADDR="10.1.1.1", **said)
    assert client_address(request) == "2001:db8:1:2::"


@pytest.mark.usefixtures("one_window")
def test_another_address_of_the_same_network_has_no_tries_of_its_own() -> None:
    limit = Limit("test-network", tries=3, seconds=900)
    waits = [
        limit.wait(
            client_address(RequestFactory().get("/", REMOTE_ADDR=f"2001:db8::{n}"))
        )
        for n in range(1, 5)
    ]
    assert [bool(wait) for wait in waits] == [False, False, False, True]


@pytest.mark.parametrize("throttle", [ByAddress, ByPerson])
def test_the_api_counts_a_network(throttle: Any) -> None:
    requests = [RequestFactory().get("/", REMOTE_ADDR=f"2001:db8::{n}") for n in (1, 2)]
    assert {throttle().get_ident(each) for each in requests} == {"2001:db8::"}
    assert [ByAddress, ByPerson] == api_settings.DEFAULT_THROTTLE_CLASSES


def test_signing_in_counts_a_network() -> None:
    requests = [RequestFactory().get("/", REMOTE_ADDR=f"2001:db8::{n}") for n in (1, 2)]
    assert {get_adapter().get_client_ip(each) for each in requests} == {"2001:db8::"}
