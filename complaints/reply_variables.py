"""The variables that a reply template may hold, and their filling in.

A template is words with names in braces and nothing else: no attribute, no filter, no
tag can be written, so whoever writes templates reaches no more than these values. The
text is gone through once, so a value that looks like a variable stays what it is.
"""

import re
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

from complaints.transitions import Words

VARIABLES: Mapping[str, Words] = {
    "name": _("the customer's name"),
    "reference": _("the reference of the case"),
    "subject": _("the subject, as the customer wrote it"),
    "amount": _("the amount at stake with its asset"),
    "team": _("the team that has the case"),
    "received": _("the day on which the complaint was received"),
    "answer_by": _("the day by which the customer is to answer"),
    "decide_by": _("the last day for the decision by law"),
    "link": _("where the customer reads the case"),
}

_IN_BRACES = re.compile(r"\{([^{}]*)\}")
_KNOWN = re.compile(r"\{(" + "|".join(VARIABLES) + r")\}")


def unknown(text: str) -> list[str]:
    """What stands in braces and is no variable, and braces without their partner."""
    named = [match[0] for match in _IN_BRACES.finditer(text)]
    wrong = [each for each in named if not _KNOWN.fullmatch(each)]
    rest = _IN_BRACES.sub("", text)
    return [*dict.fromkeys(wrong), *(sign for sign in "{}" if sign in rest)]


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its variables said; one without a value here stays as it is."""
    return _KNOWN.sub(lambda match: values.get(match[1]) or match[0], text)


def unfilled(text: str) -> list[str]:
    """Variables that still stand in a text: nothing of the kind reaches a customer."""
    return list(dict.fromkeys(match[0] for match in _KNOWN.finditer(text)))


def listed_names(names: Iterable[str] = VARIABLES) -> str:
    """The variables as they are written, for a hint: ``{name}, {reference}``."""
    return ", ".join(f"{{{name}}}" for name in names)
