from tests.complaints.channels.telegram.bot import bot

__all__ = ["bot"]
