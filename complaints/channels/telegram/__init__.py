"""The bot on Telegram: a guided conversation that files, adds and tells the status."""
