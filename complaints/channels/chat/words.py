"""What lines of the system say, in the language of whoever reads them."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from complaints.channels.chat.models import Author, Code, Line


def said(line: Line) -> str:
    """The words of a line in the language in force."""
    words = WORDS.get(line.code) if line.author == Author.SYSTEM else None
    return words(line.facts) if words else line.text


def _joined(facts: dict[str, Any]) -> str:
    return _("%(name)s joined the conversation.") % {"name": facts.get("name", "")}


def _handed_over(facts: dict[str, Any]) -> str:
    words = _("%(name)s goes on with the conversation.")
    return words % {"name": facts.get("name", "")}


def _taken_in(facts: dict[str, Any]) -> str:
    words = _("This conversation is kept as complaint %(reference)s.")
    if facts.get("joined"):
        words = _("This conversation was added to complaint %(reference)s.")
    return words % {"reference": facts.get("reference", "")}


WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    Code.JOINED: _joined,
    Code.HANDED_OVER: _handed_over,
    Code.PUT_BACK: lambda _facts: _("Another colleague will go on. Please stay."),
    Code.ENDED: lambda _facts: _("The conversation is over."),
    Code.LEFT: lambda _facts: _("Your message is with us, also while nobody is here."),
    Code.TAKEN_IN: _taken_in,
}
