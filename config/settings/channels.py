"""What the channels read; a block a channel."""

from config.backends import channel_layer
from config.env import env_int, env_list, env_secret, env_str

# -- mail in ---------------------------------------------------------------------
# Whose Authentication-Results count. Your server must strip forged ones of this name.
MAIL_AUTHSERV_IDS = env_list("MAIL_AUTHSERV_IDS", [])
# Addresses of ours besides the sender's; mail from them is a loop and is dropped.
MAIL_ADDRESSES = env_list("MAIL_ADDRESSES", [])
# So many complaints an hour are opened and answered whose sender DMARC does not prove.
MAIL_UNPROVEN_AN_HOUR = env_int("MAIL_UNPROVEN_AN_HOUR", 1000)
# Our mailboxes; see docs/channels/email.md. Passwords stand in them.
IMAP_URLS = env_secret("IMAP_URLS", "", minimum=0).split()
# Who posts mail to /hooks/email/, the user:password it shows, its signing or API key.
MAIL_HOOK_PROVIDER = env_str("MAIL_HOOK_PROVIDER", "")
MAIL_HOOK_SECRET = env_secret("MAIL_HOOK_SECRET", "", minimum=0)
MAIL_HOOK_KEY = env_secret("MAIL_HOOK_KEY", "", minimum=0)

# -- Telegram --------------------------------------------------------------------
TELEGRAM_BOT_TOKEN = env_secret("TELEGRAM_BOT_TOKEN", "", minimum=0)
# What Telegram shows with each delivery; you choose it (A-Z a-z 0-9 _ -).
TELEGRAM_WEBHOOK_SECRET = env_secret("TELEGRAM_WEBHOOK_SECRET", "", minimum=0)
TELEGRAM_BOT_NAME = env_str("TELEGRAM_BOT_NAME", "").removeprefix("@")
TELEGRAM_API_URL = env_str("TELEGRAM_API_URL", "https://api.telegram.org").rstrip("/")

# -- phone and text messages (Twilio) --------------------------------------------
TWILIO_ACCOUNT_SID = env_str("TWILIO_ACCOUNT_SID", "")
TWILIO_AUTH_TOKEN = env_secret("TWILIO_AUTH_TOKEN", "", minimum=0)
TWILIO_FROM = env_str("TWILIO_FROM", "")
# Where a call is put through; without it, callers leave a message.
TWILIO_FORWARD_TO = env_str("TWILIO_FORWARD_TO", "")
TWILIO_API_URL = env_str("TWILIO_API_URL", "https://api.twilio.com").rstrip("/")
# Where its API may lead on to for a picture.
TWILIO_MEDIA = [
    "https://*.twilio.com",
    "https://*.twiliocdn.com",
    "https://s3-external-1.amazonaws.com",
]

# -- community (Discourse) -------------------------------------------------------
# Our own board needs none of these.
DISCOURSE_URL = env_str("DISCOURSE_URL", "").rstrip("/")
DISCOURSE_WEBHOOK_SECRET = env_secret("DISCOURSE_WEBHOOK_SECRET", "", minimum=0)
DISCOURSE_API_KEY = env_secret("DISCOURSE_API_KEY", "", minimum=0)
# Whose name answers there; what this account writes is ours and is dropped.
DISCOURSE_API_USERNAME = env_str("DISCOURSE_API_USERNAME", "system")

# -- chat ------------------------------------------------------------------------
# Without Redis each process rings its own sockets only; what the worker has to say
# reaches them when they look by themselves, so they look more often then.
CHANNEL_LAYERS = {
    "default": channel_layer(env_secret("REDIS_URL", "", minimum=0)),
}
CHAT_BEAT_SECONDS = 20.0 if env_secret("REDIS_URL", "", minimum=0) else 10.0

# How many sockets may be open in one process: of a customer in a conversation, of an
# agent, and from one address. Who has more is told, and looks every few seconds.
CHAT_SOCKETS_A_TALK = env_int("CHAT_SOCKETS_A_TALK", 10, minimum=1)
CHAT_SOCKETS_AN_AGENT = env_int("CHAT_SOCKETS_AN_AGENT", 30, minimum=1)
CHAT_SOCKETS_AN_ADDRESS = env_int("CHAT_SOCKETS_AN_ADDRESS", 200, minimum=1)

# -- X ---------------------------------------------------------------------------
# The keys of the app, and those of the account that it speaks for (OAuth 1.0a).
X_API_KEY = env_str("X_API_KEY", "")
X_API_SECRET = env_secret("X_API_SECRET", "", minimum=0)
X_ACCESS_TOKEN = env_secret("X_ACCESS_TOKEN", "", minimum=0)
X_ACCESS_SECRET = env_secret("X_ACCESS_SECRET", "", minimum=0)
X_API_URL = env_str("X_API_URL", "https://api.x.com").rstrip("/")
# Whose files are fetched, and where; nothing else is called for one.
X_MEDIA = {
    host: f"https://{host}"
    for host in ("ton.twitter.com", "pbs.twimg.com", "video.twimg.com")
}

# -- Facebook --------------------------------------------------------------------
FACEBOOK_PAGE_ID = env_str("FACEBOOK_PAGE_ID", "")
FACEBOOK_PAGE_TOKEN = env_secret("FACEBOOK_PAGE_TOKEN", "", minimum=0)
FACEBOOK_APP_SECRET = env_secret("FACEBOOK_APP_SECRET", "", minimum=0)
# What Meta shows once when the webhook is set up; you choose it.
FACEBOOK_VERIFY_TOKEN = env_secret("FACEBOOK_VERIFY_TOKEN", "", minimum=0)
FACEBOOK_API_URL = env_str(
    "FACEBOOK_API_URL", "https://graph.facebook.com/v23.0"
).rstrip("/")
# Where files lie that the Graph API names; nothing else is called for one.
FACEBOOK_MEDIA = ["https://*.fbcdn.net", "https://*.fbsbx.com"]
