"""The exchange as the customer's identity provider, as the environment names it."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from config.env import SettingError, env_secret, env_str, parse_url

NAMES = ("OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts that may speak plain HTTP: a provider on the developer's own machine."""


@dataclass(frozen=True)
class OidcClient:
    """How this desk is known to the exchange's OpenID provider.

    ``claim`` is the claim that holds the verified account id; ``server`` is the issuer,
    below which the provider keeps ``/.well-known/openid-configuration``.
    """

    server: str
    client_id: str
    secret: str = field(repr=False)
    claim: str = "sub"
    name: str = ""

    @property
    def origin(self) -> str:
        """Scheme and host, as a policy names them."""
        url = urlsplit(self.server)
        return f"{url.scheme}://{url.netloc}"


def oidc_client() -> OidcClient | None:
    """What ``OIDC_*`` says; none where no server is named.

    Raises ``SettingError`` for half of a configuration, and for a server that would
    be asked in the clear.
    """
    server = env_str("OIDC_SERVER_URL", "")
    client_id = env_str("OIDC_CLIENT_ID", "")
    secret = env_secret("OIDC_CLIENT_SECRET", "", minimum=0)
    given = (server, client_id, secret)
    if not any(given):
        return None
    for name, value in zip(NAMES, given, strict=True):
        if not value:
            raise SettingError(name, "is required where another OIDC_ variable is set.")
    return OidcClient(
        server=_checked(server),
        client_id=client_id,
        secret=secret,
        claim=env_str("OIDC_ACCOUNT_CLAIM", "sub"),
        name=env_str("OIDC_NAME", ""),
    )


def _checked(server: str) -> str:
    url = parse_url("OIDC_SERVER_URL", server)
    if url.scheme not in ("https", "http") or not url.hostname:
        raise SettingError("OIDC_SERVER_URL", "is not an https address.")
    if url.scheme == "http" and url.hostname not in LOCAL:
        raise SettingError(
            "OIDC_SERVER_URL", "must be https: what it says is believed."
        )
    return url.geturl().rstrip("/")
