"""What the desk of ``make run`` is told of the providers that stand-ins play.

The stand-ins themselves (``appeals.demo.standins``) take them from here; they open
nothing anywhere else.
"""

from typing import Final

PROVIDERS: Final[dict[str, dict[str, str]]] = {
    "telegram": {"TELEGRAM_BOT_TOKEN": "4711000:stand-in-for-a-token-of-a-bot"},
    "twilio": {
        "TWILIO_ACCOUNT_SID": "AC" + "4711" * 8,
        "TWILIO_AUTH_TOKEN": "stand-in-for-an-auth-token",
        # Ours; 01632 960 is kept for drama (Ofcom).
        "TWILIO_FROM": "+441632960001",
    },
    "x": {
        "X_API_KEY": "stand-in-key",
        "X_API_SECRET": "stand-in-secret-of-the-app",
        "X_ACCESS_TOKEN": "2244994945-stand-in-token",
        "X_ACCESS_SECRET": "stand-in-secret-of-the-token",
    },
    "facebook": {
        "FACEBOOK_PAGE_ID": "1067280970047460",
        "FACEBOOK_PAGE_TOKEN": "stand-in-token-of-the-page",
        "FACEBOOK_APP_SECRET": "stand-in-secret-of-the-app",
        "FACEBOOK_VERIFY_TOKEN": "stand-in-word",
    },
}
"""Provider -> its settings; where it answers is ``<PROVIDER>_API_URL`` besides."""

ADDRESSES: Final = "providers.json"
"""The file in the folder of the desk that says where each answers."""
