"""Intake: who complains, of what, and the complaint that comes of it."""

from complaints.services.intake.filing import DESCRIPTION_LIMIT, Filing
from complaints.services.intake.parties import (
    add_contact,
    guest_party,
    new_guest,
    party_of_user,
)
from complaints.services.intake.register import SUPPORT, Beside, file_complaint
from complaints.services.intake.story import tell_more

__all__ = [
    "DESCRIPTION_LIMIT",
    "SUPPORT",
    "Beside",
    "Filing",
    "add_contact",
    "file_complaint",
    "guest_party",
    "new_guest",
    "party_of_user",
    "tell_more",
]
