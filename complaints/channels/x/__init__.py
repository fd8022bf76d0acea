"""X: mentions, replies and direct messages of the account whose keys we hold."""
