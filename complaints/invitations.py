"""A conference as a calendar knows it (RFC 5545, RFC 5546).

It names the case by its reference and says where to read the rest: a calendar is
shared with people who see no case.
"""

from datetime import UTC
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from complaints.models import Complaint, Conference
from complaints.outbox import case_page
from complaints.permissions import as_staff, viewer_of

REQUEST: Final = "REQUEST"
CANCEL: Final = "CANCEL"


def invitation(conference: Conference, recipient: str) -> tuple[str, str]:
    """The method and the text of the invitation, or of its end, for one recipient."""
    method = CANCEL if conference.cancelled_at else REQUEST
    calendar = Calendar()
    calendar.add("prodid", "-//Recourse//Case conferences//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_event(conference, recipient))
    return method, calendar.to_ical().decode()


def is_awaited(conference: Conference, recipient: str) -> bool:
    """Whether somebody of that address is invited and still sees the case: a mail may
    wait for hours, and who was taken out meanwhile learns neither hour nor place."""
    case = conference.complaint
    people = conference.people.filter(email=recipient, is_active=True)
    viewers = (as_staff(viewer_of(person)) for person in people)
    return any(
        Complaint.objects.visible_to(viewer).filter(pk=case.pk).exists()
        and not case.is_conflicted(viewer.user.pk)
        for viewer in viewers
    )


def _event(conference: Conference, recipient: str) -> Event:
    case, event = conference.complaint, Event()
    host = urlsplit(settings.SITE_URL).hostname
    event.add("uid", f"conference-{conference.pk}@{host}")
    event.add("sequence", conference.sequence)
    event.add(
        "dtstamp", (conference.cancelled_at or conference.called_at).astimezone(UTC)
    )
    event.add("dtstart", conference.starts_at.astimezone(UTC))
    event.add("dtend", conference.ends_at.astimezone(UTC))
    event.add("summary", _("Case conference %(case)s") % {"case": case.reference})
    event.add("description", f"{settings.SITE_URL}{case_page(case.pk)}")
    event.add("status", "CANCELLED" if conference.cancelled_at else "CONFIRMED")
    if conference.place:
        event.add("location", vText(conference.place))
    event.add("organizer", vCalAddress(f"mailto:{conference.called_by.email}"))
    attendee = vCalAddress(f"mailto:{recipient}")
    attendee.params["RSVP"] = "TRUE"
    event.add("attendee", attendee)
    return event
