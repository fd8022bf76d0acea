"""How the exchange's backend proves who it is, and this desk to apps that use it.

Both come from the environment alone: whoever may add a key may speak for every
customer, which no right of the admin carries.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt import PyJWK, PyJWTError

from config.env import SettingError, env_secret, env_str

LEAST_RSA = 2048
ISSUER, KEYS, PROVIDER = "APP_TOKEN_ISSUER", "APP_TOKEN_JWKS", "SIGN_IN_KEY"


@dataclass(frozen=True)
class AppKey:
    """A public key, and the one algorithm that it is used with."""

    public: Any = field(repr=False)
    algorithm: str


@dataclass(frozen=True)
class AppKeys:
    """Whose tokens count: their issuer, and their keys by ``kid``."""

    issuer: str
    keys: dict[str, AppKey]


def app_keys() -> AppKeys | None:
    """What ``APP_TOKEN_*`` says; None where no issuer is named.

    ``APP_TOKEN_JWKS`` is a set of public keys (RFC 7517), each with a ``kid``. Raises
    ``SettingError`` for half of a configuration and for a key that proves nothing.
    """
    issuer, text = env_str("APP_TOKEN_ISSUER", ""), env_secret("APP_TOKEN_JWKS", "{}")
    if not issuer and text == "{}":
        return None
    if not issuer:
        raise SettingError(ISSUER, "is required where APP_TOKEN_JWKS is set.")
    return AppKeys(issuer, read_keys(text))


def read_keys(text: str) -> dict[str, AppKey]:
    """The keys of a JWKS by ``kid``. Raises ``SettingError``."""
    try:
        rows = json.loads(text)["keys"]
        found = {str(row["kid"]): _key(row) for row in rows}
    except (ValueError, KeyError, TypeError) as error:
        raise SettingError(
            KEYS, f"is no set of keys with a kid each: {error!r}"
        ) from None
    if not found or len(found) != len(rows):
        raise SettingError(KEYS, "holds no key, or two of one kid.")
    return found


def _key(row: dict[str, Any]) -> AppKey:
    if row.get("d") or row.get("kty") == "oct":
        raise SettingError(KEYS, "holds a secret; only public keys belong here.")
    try:
        made = PyJWK(row)
    except PyJWTError as error:
        raise SettingError(KEYS, f"holds a key that cannot be read: {error}") from None
    weak = isinstance(made.key, rsa.RSAPublicKey) and made.key.key_size < LEAST_RSA
    known = (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey)
    if weak or not isinstance(made.key, known):
        raise SettingError(KEYS, "wants RSA of 2048 bits or more, EC or Ed25519.")
    return AppKey(made.key, made.algorithm_name)


def provider_key() -> str:
    """The private RSA key (PEM) that ID tokens are signed with; "" for no provider."""
    pem = env_secret("SIGN_IN_KEY", "", minimum=0).replace("\\n", "\n")
    if not pem:
        return ""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        raise SettingError(PROVIDER, "is no private key in PEM.") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < LEAST_RSA:
        raise SettingError(PROVIDER, "wants an RSA key of 2048 bits or more.")
    return pem
