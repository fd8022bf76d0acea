"""Members and topics of the tests, made by the services that the pages call."""

from itertools import count
from typing import Any

from complaints.channels.forum import members, services
from complaints.channels.forum.models import FIRST_POSTS, Category, Member, Post, Topic
from teams.models import User
from tests.people import People

_keys = count(1)


def key() -> str:
    return f"key-{next(_keys)}"


def member(user: User, nickname: str = "", *, trusted: bool = True) -> Member:
    """A member whose first posts were approved already, unless told otherwise."""
    found = members.join(user=user, nickname=nickname or f"reader {user.pk}")
    found.approved = FIRST_POSTS if trusted else 0
    found.save()
    return found


def asked(
    by: Member, title: str = "How long?", text: str = "Since Tuesday.", **more: Any
) -> Post:
    """The first post of a new topic."""
    part = Category.objects.get(code="trading-fees")
    given = {"category": part, "title": title, "text": text, "key": key()}
    return services.begin_topic(member=by, **given | more).post


def answered(by: Member, topic: Topic, text: str = "An hour.", **more: Any) -> Post:
    given = {"text": text, "key": key()}
    return services.reply(member=by, topic=topic, **given | more).post


def officially(people: People, topic: Topic, text: str = "Within the hour.") -> Post:
    return services.answer_officially(
        topic=topic, text=text, actor=people.support, key=key()
    )


def again(post: Post) -> Post:
    """As the database has it now."""
    return Post.objects.select_related("topic", "author__user").get(pk=post.pk)
