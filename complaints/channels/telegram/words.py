"""What the bot says and the buttons it shows, in the language that is active."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.models import Category, Complaint
from complaints.selectors.public_date import public_date
from complaints.states import InterimKind
from complaints.templatetags.look import written

DANGERS = {
    "intruder": gettext_lazy("Somebody else is in my account"),
    "transfer": gettext_lazy("A transfer that I did not make is still pending"),
    "locked_out": gettext_lazy("I can no longer sign in"),
}
"""As in the portal's form for emergencies."""

CATEGORY_OF = {
    "intruder": "security.takeover",
    "transfer": "security.unauthorised-withdrawal",
    "locked_out": "security.locked-out",
}
MEASURE_OF = {
    "intruder": InterimKind.SESSION_KILL,
    "transfer": InterimKind.WITHDRAWAL_LOCK,
    "locked_out": InterimKind.FREEZE,
}

Button = tuple[str, str]
"""The words on a button, and what stands behind it (at most 64 bytes)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the bot answers; ``keyboard`` names the buttons below it."""

    text: str
    keyboard: str = ""


# Buttons ------------------------------------------------------------------------------


def buttons(keyboard: str) -> list[Button]:
    """The buttons of a keyboard by its name, which may end in ``:`` and a detail."""
    name, _colon, detail = keyboard.partition(":")
    known = KEYBOARDS.get(name)
    return known(detail) if known else []


def _menu(_detail: str) -> list[Button]:
    return [
        (_("File a complaint"), "do:file"),
        (_("Where does my complaint stand?"), "do:status"),
        ("English / 中文", "do:language"),
    ]


def _risk(_detail: str) -> list[Button]:
    return [(_("Yes, right now"), "risk:yes"), (_("No"), "risk:no")]


def _dangers(_detail: str) -> list[Button]:
    rows = [(str(words), f"danger:{code}") for code, words in DANGERS.items()]
    return [*rows, (_("None of these"), "risk:no")]


def _categories(parent: str) -> list[Button]:
    rows = Category.objects.filter(active=True, parent__code=parent or None)
    return [(row.label, f"cat:{row.code}") for row in rows]


def _languages(_detail: str) -> list[Button]:
    return [("English", "lang:en"), ("中文", "lang:zh-hans")]


def _cases(references: str) -> list[Button]:
    rows = [(ref, f"case:{ref}") for ref in references.split(",") if ref]
    return [*rows, (_("It is a new complaint"), "do:new")]


KEYBOARDS: dict[str, Callable[[str], list[Button]]] = {
    "menu": _menu,
    "risk": _risk,
    "danger": _dangers,
    "category": _categories,
    "language": _languages,
    "case": _cases,
}


# Sentences ----------------------------------------------------------------------------


def greeting() -> Reply:
    text = _(
        "This is the complaint desk. You can file a complaint here, add words and "
        "pictures to it, and see where it stands. It costs nothing."
    )
    return Reply(f"{text}\n\n{never_asked()}\n\n{commands()}", "menu")


def never_asked() -> str:
    return _("We never ask for a seed phrase, a key, a password or a code.")


def commands() -> str:
    """The commands with what they do, a line each."""
    return "\n".join(f"/{name} {words}" for name, words in COMMANDS.items())


COMMANDS = {
    "file": gettext_lazy("File a complaint"),
    "urgent": gettext_lazy("Money or access is at risk now"),
    "status": gettext_lazy("Where does my complaint stand?"),
    "link": gettext_lazy("Link this account to yours at the desk"),
    "unlink": gettext_lazy("End that link"),
    "language": gettext_lazy("English or Chinese"),
    "cancel": gettext_lazy("Stop what was begun"),
    "help": gettext_lazy("What can be done here"),
}
"""In the order of the menu; Telegram is told by ``manage.py telegram_webhook``."""


def ask_risk() -> Reply:
    text = _("Is money or access at risk right now, while you write this?")
    return Reply(text, "risk")


def ask_danger() -> Reply:
    return Reply(
        _("What is happening? Press one, and security hears at once."), "danger"
    )


def ask_category(parent: str = "") -> Reply:
    return Reply(_("What is it about?"), f"category:{parent}")


def ask_words() -> Reply:
    text = _(
        "Tell us in one message what happened: what, when, how much, and what would "
        "put it right. Pictures and files can follow."
    )
    return Reply(text)


def ask_code() -> Reply:
    text = _(
        "Sign in here, make a code, and send it to this chat within 15 minutes: %(url)s"
    )
    return Reply(text % {"url": f"{settings.SITE_URL}/accounts/linked/"})


def ask_case(cases: list[Complaint]) -> Reply:
    refs = ",".join(case.reference for case in cases[:8])
    return Reply(_("Which complaint is this for?"), f"case:{refs}")


def ask_language() -> Reply:
    return Reply("English / 中文", "language")


def opened(case: Complaint) -> Reply:
    text = _(
        "%(case)s is registered. Whatever you write or send here from now on is added "
        "to it."
    )
    return Reply(text % {"case": case.reference})


def alarmed(case: Complaint) -> Reply:
    text = _(
        "%(case)s is registered and security is alerted. Now write what you saw; it "
        "goes to them. We never ask for a seed phrase, a key, a password or a code."
    )
    return Reply(text % {"case": case.reference})


def added(case: Complaint) -> Reply:
    return Reply(_("Added to %(case)s.") % {"case": case.reference})


def kept() -> Reply:
    return Reply(_("We have your message. A person reads it and answers."))


def too_large() -> str:
    text = _(
        "A file here may have 20 MB. Send larger ones on the page of your complaint: "
        "%(url)s"
    )
    return text % {"url": f"{settings.SITE_URL}/complaints/"}


def linked() -> Reply:
    text = _(
        "This account is linked to yours. Letters about complaints that you file here "
        "now come here whole. /unlink ends it."
    )
    return Reply(text, "menu")


def unlinked(*, was: bool) -> Reply:
    words = _("The link is ended.") if was else _("This account is not linked.")
    return Reply(words, "menu")


def cancelled() -> Reply:
    return Reply(_("Stopped. Nothing was filed."), "menu")


def slow_down() -> Reply:
    return Reply(_("Too many codes were tried. Try again in an hour."))


def status(cases: list[Complaint], *, proven: bool) -> Reply:
    """A line a complaint: number, public status, next date. The subject only for
    somebody who is known; amounts, reasons and files for nobody."""
    if not cases:
        return Reply(_("There is no complaint from this account."), "menu")
    lines = [_line(case, proven=proven) for case in cases]
    return Reply("\n\n".join(lines))


def _line(case: Complaint, *, proven: bool) -> str:
    words = f"{case.reference}: {case.public_label.label}"
    date = public_date(case)
    if date is not None:
        day = written(date.day, "date")
        words += ". " + _("Next step by %(day)s") % {"day": day}
    return f"{words}\n{case.subject}" if proven else words
