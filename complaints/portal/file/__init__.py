"""Filing: danger first, then one question a page, kept as a draft until it is sent."""

from complaints.portal.file.asking import new, question
from complaints.portal.file.holding import hold
from complaints.portal.file.later import draft, resume, saved
from complaints.portal.file.sending import check, received
from complaints.portal.file.sheets import template, urgent

__all__ = [
    "check",
    "draft",
    "hold",
    "new",
    "question",
    "received",
    "resume",
    "saved",
    "template",
    "urgent",
]
