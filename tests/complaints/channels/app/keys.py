"""The exchange's keys of the tests, and tokens signed with them."""

import json
import time
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from config.app_keys import AppKeys, read_keys

ISSUER = "https://exchange.test"
AUDIENCE = "https://recourse.test"
FIRST = ec.generate_private_key(ec.SECP256R1())
OTHER = ed25519.Ed25519PrivateKey.generate()
STRANGER = ec.generate_private_key(ec.SECP256R1())
PROVIDER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(key: Any, kid: str) -> dict[str, Any]:
    """The public half as RFC 7517 writes it."""
    ways: list[tuple[type, Any]] = [
        (ec.EllipticCurvePrivateKey, ECAlgorithm),
        (ed25519.Ed25519PrivateKey, OKPAlgorithm),
        (rsa.RSAPrivateKey, RSAAlgorithm),
    ]
    way = next(way for kind, way in ways if isinstance(key, kind))
    return {**json.loads(way.to_jwk(key.public_key())), "kid": kid}


JWKS = json.dumps({"keys": [jwk(FIRST, "first"), jwk(OTHER, "other")]})


def trusted() -> AppKeys:
    return AppKeys(ISSUER, read_keys(JWKS))


def pem() -> str:
    return PROVIDER.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    ).decode()


def signed(
    account: str = "EX-1",
    *,
    key: Any = FIRST,
    kid: str = "first",
    algorithm: str = "ES256",
    scope: str = "complaints:read complaints:write",
    **claims: Any,
) -> str:
    """A token as the exchange's backend makes it; a claim of None is left out."""
    now = int(time.time())
    given = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": account,
        "iat": now,
        "exp": now + 120,
        "jti": uuid.uuid4().hex,
        "scope": scope,
        **claims,
    }
    payload = {name: value for name, value in given.items() if value is not None}
    return jwt.encode(payload, key, algorithm=algorithm, headers={"kid": kid})
