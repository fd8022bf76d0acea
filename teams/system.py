"""The named actors that are no people: nobody can sign in as one of them."""

from config.memory import remembered
from teams.models import User
from teams.models.user import UserKind

SYSTEM = "system"
SCHEDULER = "scheduler"
ROUTING = "routing"
GUEST = "guest"
ARBITRATOR = "arbitrator"
"""Whoever decides from outside, let in by a link and a second factor."""

CHANNELS = (
    "portal",
    "app",
    "email",
    "chat",
    "ticket",
    "phone",
    "telegram",
    "x",
    "facebook",
    "forum",
    "letter",
)


def actor_names() -> tuple[str, ...]:
    return (
        SYSTEM,
        SCHEDULER,
        ROUTING,
        GUEST,
        ARBITRATOR,
        *(f"channel:{name}" for name in CHANNELS),
    )


def install_actors() -> None:
    """Make the system actors that are missing."""
    have = set(
        User.objects.filter(kind=UserKind.SYSTEM).values_list("username", flat=True)
    )
    for name in actor_names():
        if name not in have:
            actor = User(username=name, kind=UserKind.SYSTEM, is_active=False)
            actor.set_unusable_password()
            actor.save()


@remembered
def system_actor(name: str = SYSTEM) -> User:
    """The system actor of that name, such as ``system`` or ``channel:email``."""
    return User.objects.get(username=name, kind=UserKind.SYSTEM)
