"""What the channels read; a block a channel."""

from config.env import env_list

# -- mail in ---------------------------------------------------------------------
# Whose Authentication-Results count. Your server must strip forged ones of this name.
MAIL_AUTHSERV_IDS = env_list("MAIL_AUTHSERV_IDS", [])
# Addresses of ours besides the sender's; mail from them is a loop and is dropped.
MAIL_ADDRESSES = env_list("MAIL_ADDRESSES", [])
