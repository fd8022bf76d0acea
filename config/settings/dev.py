"""One machine, one person: ``make run`` and DEBUG=1."""

from config.env import env_list, env_secret
from config.keys import development_keys
from config.settings.base import *
from config.settings.base import MIDDLEWARE, VAR_DIR

DEBUG = True
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
INTERNAL_IPS = ["127.0.0.1"]
MIDDLEWARE = [*MIDDLEWARE, "config.errors.PlainNotFoundMiddleware"]

# A given key wins, so that a copy of real data can be opened on a desk.
_KEYS = development_keys(VAR_DIR / "keys.json")
SECRET_KEY = env_secret("SECRET_KEY", _KEYS["SECRET_KEY"])
LEDGER_KEY = env_secret("LEDGER_KEY", _KEYS["LEDGER_KEY"])
SIGNING_KEY = env_secret("SIGNING_KEY", _KEYS["SIGNING_KEY"])
REPLY_KEY = env_secret("REPLY_KEY", _KEYS["REPLY_KEY"])

# Two dozen demo accounts would otherwise take ten seconds of hashing.
PASSWORD_HASHERS = ["config.hashers.QuickHasher"]
