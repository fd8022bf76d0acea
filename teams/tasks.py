"""Celery: each task calls a service and nothing else."""

from celery import shared_task

from teams import access


@shared_task(ignore_result=True)
def end_expired_access() -> int:
    """Clear away memberships whose time has come; how many there were."""
    return access.end_expired()
