"""One strict policy for every response, the admin's and the API's pages included."""

from csp.constants import NONE, SELF

from config.settings.accounts import EXCHANGE_SIGN_ON

# A form that answers with a redirect must be allowed to go where that leads.
_SIGN_ON = [EXCHANGE_SIGN_ON.origin] if EXCHANGE_SIGN_ON else []

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *_SIGN_ON],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}
