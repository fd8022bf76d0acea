"""What the environment says of the exchange's provider."""

import pytest

from config.env import SettingError
from config.oidc import OidcClient, oidc_client

WHOLE = {
    "OIDC_SERVER_URL": "https://id.exchange.example/",
    "OIDC_CLIENT_ID": "recourse",
    "OIDC_CLIENT_SECRET": "hush",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch):
    def put(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return put


def test_nothing_set_is_no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in WHOLE:
        monkeypatch.delenv(name, raising=False)

    assert oidc_client() is None


def test_whole_configuration(environment) -> None:
    environment(**WHOLE, OIDC_ACCOUNT_CLAIM="uid", OIDC_NAME="Example")

    client = oidc_client()

    assert client == OidcClient(
        "https://id.exchange.example", "recourse", "hush", "uid", "Example"
    )
    assert client.origin == "https://id.exchange.example"
    assert "hush" not in repr(client)


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_half_of_a_configuration_names_what_is_missing(environment, name: str) -> None:
    environment(**{**WHOLE, name: ""})

    with pytest.raises(SettingError) as raised:
        oidc_client()

    assert raised.value.name == name


@pytest.mark.parametrize(
    "server",
    ["http://id.exchange.example", "ftp://id.exchange.example", "id", "https://"],
)
def test_server_in_the_clear_or_without_a_host_is_refused(
    environment, server: str
) -> None:
    environment(**{**WHOLE, "OIDC_SERVER_URL": server})

    with pytest.raises(SettingError, match="OIDC_SERVER_URL"):
        oidc_client()


def test_plain_http_is_for_this_machine_alone(environment) -> None:
    environment(**{**WHOLE, "OIDC_SERVER_URL": "http://localhost:9400"})

    client = oidc_client()

    assert client is not None
    assert client.origin == "http://localhost:9400"
