"""What evidence is checked with, and where the exchange's own records come from."""

from config.env import env_str

# ClamAV's daemon: tcp://host:3310 or unix:///run/clamav/clamd.ctl. Without one, files
# are not held back, and every page says that they were not checked.
CLAMD_URL = env_str("CLAMD_URL", "")
