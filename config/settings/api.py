"""Django REST framework, its OpenAPI description, and who may call from an app."""

from ipaddress import ip_network
from typing import Any

from config.app_keys import app_keys, provider_key
from config.env import env_int, env_list

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "complaints.api.authentication.Bearer",
        "complaints.api.authentication.Session",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["complaints.api.authentication.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["complaints.api.parsers.JSONParser"],
    # OPTIONS would tell what a view takes without asking whose object it is.
    "DEFAULT_METADATA_CLASS": None,
    # One form for everything, so no key of the query chooses another.
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "complaints.api.errors.problem",
    "DEFAULT_THROTTLE_CLASSES": [
        "complaints.api.throttles.ByAddress",
        "complaints.api.throttles.ByPerson",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": "600/min"},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # Without it the whole X-Forwarded-For header would be believed.
    "NUM_PROXIES": env_int("TRUSTED_PROXY_COUNT", 0),
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Recourse API",
    "DESCRIPTION": "File a complaint, follow it, answer, accept, appeal.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# -- an app that is no browser -----------------------------------------------------
# Tokens that the exchange's own backend signs (complaints.channels.app.tokens).
APP_TOKENS = app_keys()

# This desk as an OpenID provider of the app (config.provider); none without a key.
IDP_OIDC_PRIVATE_KEY = provider_key()
IDP_OIDC_ADAPTER = "config.provider.ProviderAdapter"
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 900
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 30 * 24 * 3600
IDP_OIDC_ROTATE_REFRESH_TOKEN = True

# -- webhooks to the exchange ------------------------------------------------------
# Networks that may be called although no stranger could reach them.
WEBHOOK_NETWORKS = [ip_network(name) for name in env_list("WEBHOOK_NETWORKS", [])]
