"""Celery: what the app's channel forgets."""

from allauth.idp.oidc.models import Token
from celery import shared_task

from complaints.channels.app import tokens, uploads


@shared_task(ignore_result=True)
def forget_stale() -> None:
    """Delete tokens that are used up or too old, and uploads nobody finished."""
    tokens.forget_spent()
    Token.objects.expired().delete()
    uploads.forget_unfinished()
