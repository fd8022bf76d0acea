"""What the channels read; a block a channel."""

from config.env import env_list, env_secret, env_str

# -- mail in ---------------------------------------------------------------------
# Whose Authentication-Results count. Your server must strip forged ones of this name.
MAIL_AUTHSERV_IDS = env_list("MAIL_AUTHSERV_IDS", [])
# Addresses of ours besides the sender's; mail from them is a loop and is dropped.
MAIL_ADDRESSES = env_list("MAIL_ADDRESSES", [])

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
