"""Conversations of the tests, made through the services."""

import io
from typing import Any

from django.test import Client
from PIL import Image

from complaints.channels.chat import desk, talk
from complaints.channels.chat.models import Author, Conversation
from complaints.permissions import Viewer
from teams.models import User
from tests.people import People


def a_talk(*said: str, user: User | None = None, **start: Any) -> Conversation:
    """A conversation that waits, with these words of its customer."""
    made = talk.begin(talk.Start(language="en", user=user, **start))
    for text in said:
        talk.say(made, text, author=Author.CUSTOMER, user=user)
    return made


def on_duty(user: User, capacity: int = 3) -> Viewer:
    """The viewer that an agent is, at the desk and taking chats."""
    viewer = desk.staff_viewer(user)
    desk.set_duty(viewer, on=True, capacity=capacity)
    return viewer


def taken(people: People, *said: str, **start: Any) -> Conversation:
    """One that ``support`` answers."""
    made = a_talk(*said, **start)
    desk.take(made, on_duty(people.support))
    made.refresh_from_db()
    return made


def client_of(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def a_picture(size: tuple[int, int] = (32, 20), form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (40, 90, 160)).save(out, form)
    return out.getvalue()


def texts(conversation: Conversation) -> list[str]:
    """What stands in it, or the code of what the system said."""
    rows = conversation.lines.order_by("pk")
    return [line.code or line.text for line in rows]
