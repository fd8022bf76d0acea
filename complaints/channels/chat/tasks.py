"""Celery: what the chat does without being asked."""

from celery import shared_task

from complaints.channels.chat import upkeep


@shared_task(ignore_result=True)
def tidy_chats() -> int:
    """One round of ``upkeep.tidy``; rows are claimed one by one, so two are no harm."""
    return upkeep.tidy()
