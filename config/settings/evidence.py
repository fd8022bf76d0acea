"""What evidence is checked with, and where the exchange's own records come from."""

from config.env import env_secret, env_str

# ClamAV's daemon: tcp://host:3310 or unix:///run/clamav/clamd.ctl. Without one, files
# are not held back, and every page says that they were not checked.
CLAMD_URL = env_str("CLAMD_URL", "")

# The exchange's own systems: https, or http on this machine. Without them nothing is
# fetched and no page offers it.
EXCHANGE_URL = env_str("EXCHANGE_URL", "")
EXCHANGE_KEY = env_secret("EXCHANGE_KEY", "", minimum=0)
