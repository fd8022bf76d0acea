"""Why a message was held or dropped: stable codes, and words for the people who look.

The codes are stored and printed, so they never change.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    # Nobody stands behind it
    BOUNCE = "bounce", _("A message of ours came back")
    LOOP = "loop", _("A message of our own came in")
    AUTO_REPLY = "auto_reply", _("An automatic answer")
    LIST = "list", _("A mailing list or newsletter")
    NO_REPLY_SENDER = "no_reply_sender", _("The sender takes no answers")
    VERIFICATION_CODE = "verification_code", _("A code or link of another service")
    NOT_PRIVATE = "not_private", _("Said in a group, or nothing was said")
    SAID_TO_OTHERS = (
        "said_to_others",
        _("Said in private, and not to us; its words are not kept"),
    )
    CALL_EVENT = "call_event", _("News of a call or message that is known")
    OPT_OUT = "opt_out", _("A keyword that the provider answers by itself")
    DIALOGUE = "dialogue", _("A step of a conversation with our bot")
    DELETED_THERE = "deleted_there", _("Deleted there; what it said is kept")
    LINKED = "linked", _("A code that linked the account")
    UNKNOWN_CODE = "unknown_code", _("A code that links nothing")
    REPOST = "repost", _("Passed on without words of its own")
    # Nobody knows who stands behind it
    NO_SENDER = "no_sender", _("No sender address that we can answer")
    SEVERAL_SENDERS = "several_senders", _("More than one sender")
    UNVERIFIED = "unverified", _("The sender's domain says that it is forged")
    SENDER_MISMATCH = "sender_mismatch", _("An answer by somebody we did not write to")
    NOT_A_PARTY = "not_a_party", _("The sender is no longer on this case")
    FROM_STAFF = "from_staff", _("One of our own people wrote by mail")
    # Nobody knows where it belongs
    BAD_TOKEN = "bad_token", _("Its reply address is not one that we issued")
    AMBIGUOUS = "ambiguous", _("It answers more than one case")
    TOO_MANY = "too_many", _("This sender filed many complaints today")
    FLOOD = "flood", _("Many senders within an hour whose addresses nothing proves")
    UNFINISHED = "unfinished", _("Said to our bot; it asked back and waits")
    CALL = "call", _("A call; write down what was said")
    NO_CASE = "no_case", _("It answers no case that we know of")
    PUBLIC_POST = "public_post", _("Said in public; a person decides")
    SOMEBODY_ELSE = "somebody_else", _("Said by somebody else in the same place")
    MAYBE_SAID_TO_OTHERS = (
        "maybe_said_to_others",
        _("Perhaps not said to us; its words are only at the forum"),
    )
    # It cannot be taken as it is
    EMPTY = "empty", _("Nothing is written in it")
    TOO_LARGE = "too_large", _("It is too large")
    TOO_DEEP = "too_deep", _("It is nested too deeply")
    TOO_MANY_PARTS = "too_many_parts", _("It has too many parts")
    HEADER_TOO_LONG = "header_too_long", _("Its header is too long")
    TEXT_CUT = "text_cut", _("Its text is too long")
    UNREADABLE = "unreadable", _("It could not be read")
    INVALID = "invalid", _("The case could not take it")
    POISON = "poison", _("It failed three times")
    UNANSWERED = "unanswered", _("A chat that nobody answered before its writer left")
    # What people decided
    ACCEPTED = "accepted", _("Accepted by a person")
    ATTACHED = "attached", _("Added to a case by a person")
    BY_HAND = "by_hand", _("Dropped by a person")


def reason_of(code: str) -> str:
    """The reason for a code of the parser ("too-large") or of a service."""
    known = code.replace("-", "_")
    return known if known in Reason.values else Reason.INVALID
