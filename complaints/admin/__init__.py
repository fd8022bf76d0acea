"""The staff's door, found by Django's autodiscovery. One file a model."""

from complaints.admin import (
    chat_canned,
    chat_desk,
    complaint,
    compliance,
    improvement,
    incident,
    intake,
    policies,
    reference,
    remedy,
    reply_templates,
    routing,
)

__all__ = [
    "chat_canned",
    "chat_desk",
    "complaint",
    "compliance",
    "improvement",
    "incident",
    "intake",
    "policies",
    "reference",
    "remedy",
    "reply_templates",
    "routing",
]
