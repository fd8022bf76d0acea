"""Where approved payments go: the exchange's own ledger."""

from config.env import env_secret, env_str

# https, or http on this machine; docs/payouts.md says what it has to answer. Without
# one, people carry payments out and record the proof.
PAYOUT_URL = env_str("PAYOUT_URL", "")
PAYOUT_KEY = env_secret("PAYOUT_KEY", "", minimum=0)
