"""The published time frames of a profile, each with a note; clocks read the same."""

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy

from complaints.profiles import Profile, limit_words
from complaints.states import Step

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

STEPS: "Final[dict[Step, StrPromise]]" = {
    Step.ACKNOWLEDGE: gettext_lazy("A receipt with your reference, from receipt"),
    Step.ADMIT: gettext_lazy("Whether we take it up, from receipt"),
    Step.FIRST_ANSWER: gettext_lazy(
        "We have read it and ask for what is missing, from taking it up"
    ),
    Step.INVESTIGATE: gettext_lazy(
        "From taking it up; stands still while we wait for you"
    ),
    Step.DECIDE: gettext_lazy("Second person checks the draft, then you hear"),
    Step.STATUTORY_DECISION: gettext_lazy("From receipt; nothing stops this limit"),
    Step.EXECUTE_REMEDY: gettext_lazy("From the moment it is due"),
    Step.APPEAL_WINDOW: gettext_lazy(
        "For you, from the decision; later with a good reason"
    ),
    Step.APPEAL_RULE: gettext_lazy("By people who had no part in the decision"),
}


def time_frames(profile: Profile) -> list[dict[str, Any]]:
    """Each published step with its limit in words."""
    return [
        {"step": step.label, "note": STEPS[step], "limit": limit_words(limit)}
        for step, limit in profile.time_frames()
    ]
