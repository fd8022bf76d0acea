"""Who sees to what holds a case up, where those who would are tied to it themselves.

First the desk; where all of its people are tied, the compliance officers; where those
are too, nobody of the house: the management body, which names somebody.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import TextChoices
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from complaints import outbox
from complaints.models import Complaint, Outbox
from complaints.notifications import notice
from complaints.registry import Done
from complaints.selectors.signers import conflicted
from complaints.staff_notices import hand_to, in_role, tell
from complaints.states import Channel
from complaints.transitions import Words
from teams.models import User
from teams.roles import Role

IsTied = Callable[[User], bool]

MANAGEMENT = "management"
"""``Outbox.kind`` of a mail to the management body, with no more than a reference."""


class Level(TextChoices):
    """How far something had to go to reach somebody whom nothing ties."""

    DESK = "desk", gettext_lazy("The desk")
    COMPLIANCE = "compliance", gettext_lazy("Compliance")
    MANAGEMENT = "management", gettext_lazy("The management body")


@dataclass(frozen=True)
class Responsible:
    """Whose it is, by name; ``people`` is empty where it left the house."""

    level: Level
    people: tuple[User, ...]

    @property
    def words(self) -> str:
        """With whom it is, in a sentence for staff."""
        names = _(", ").join(str(user) for user in self.people)
        if self.level == Level.DESK:
            return _("It is with: %(names)s.") % {"names": names}
        if self.level == Level.COMPLIANCE:
            return _(
                "Those who would see to it are tied to this case, so it is with "
                "compliance: %(names)s."
            ) % {"names": names}
        return _(
            "Everybody here who could see to it is tied to this case. It is with the "
            "management body (%(address)s), which names somebody who is not; an "
            "administrator makes that person a compliance officer."
        ) % {"address": settings.MANAGEMENT_BODY_EMAIL}


def responsible(
    complaint: Complaint, desk: Iterable[User], is_tied: IsTied
) -> Responsible:
    """Those of ``desk`` whom nothing ties, else whoever comes after them; two
    statements and one for each level more."""
    barred = conflicted(complaint)

    def free(people: Iterable[User]) -> tuple[User, ...]:
        found = (one for one in people if not barred(one) and not is_tied(one))
        return tuple(sorted(found, key=lambda one: one.pk))

    if people := free(desk):
        return Responsible(Level.DESK, people)
    if people := free(in_role("compliance", Role.OFFICER)):
        return Responsible(Level.COMPLIANCE, people)
    return Responsible(Level.MANAGEMENT, ())


def raise_to(
    done: Done,
    desk: Iterable[User],
    is_tied: IsTied,
    subject: Words,
    body: Words,
    page: str,
) -> Responsible:
    """Tell the ``desk``, and where all of it is tied, by name whoever comes after."""
    people = list(desk)
    tell(done, people, subject, body, page)
    found = responsible(done.obj.case, people, is_tied)
    hand_on(done, found, subject, body, page)
    return found


def hand_on(
    done: Done, found: Responsible, subject: Words, body: Words, page: str
) -> None:
    """Tell whoever comes after the desk; nothing where it is with the desk."""
    if found.level == Level.COMPLIANCE:
        said = format_lazy("{}\n\n{}", body, PASSED_ON)
        hand_to(done, found.people, subject, said, page)
    elif found.level == Level.MANAGEMENT:
        _to_management(done, subject)


PASSED_ON = gettext_lazy(
    "You are told because the head of complaints and the leads are tied to this case "
    "themselves."
)


def _to_management(done: Done, subject: Words) -> None:
    case = done.obj.case
    with override(settings.LANGUAGE_CODE):
        outbox.put(
            Outbox(
                key=f"{MANAGEMENT}:{done.event.stream}#{done.event.seq}",
                kind=MANAGEMENT,
                complaint=case,
                channel=Channel.EMAIL,
                recipient=settings.MANAGEMENT_BODY_EMAIL,
                recipient_name=_("Management body"),
                subject=(str(subject) % {"reference": case.reference})[:200],
                body=_(
                    "Everybody at the complaints desk and in compliance who could see "
                    "to this is tied to the case. Please name somebody who had no part "
                    "in it and reports to nobody who had, and have an administrator "
                    "make them a compliance officer. They are told at once; nobody "
                    "decides until then."
                ),
                due_at=done.now,
                created_at=done.now,
            )
        )


@notice("complaint", "no_signer")
def escalate_sign_off(done: Done) -> None:
    """To the head of complaints, who can have somebody brought in."""
    raise_to(
        done,
        in_role("desk", Role.HEAD),
        conflicted(done.obj),
        gettext_lazy("Complaint %(reference)s: nobody is left to sign"),
        gettext_lazy(
            "A decision is proposed, and for one of its sign-offs nobody independent "
            "is left. The page says which, and who can see to it."
        ),
        outbox.case_page(done.obj.pk),
    )
