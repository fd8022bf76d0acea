"""Why something was not done. Doors translate these; nobody swallows them."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from complaints.transitions import Refusal, Words


class RecourseError(Exception):
    """Base of our refusals: a stable ``code``, words, and the HTTP status it means."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    default: ClassVar[Words] = _("This cannot be done.")

    def __init__(self, words: Words = "") -> None:
        self.words = words or self.default
        super().__init__(str(self.words))


class NotVisible(RecourseError):
    """The object is not there, or not there for this viewer."""

    code = "not_found"
    status = 404
    default = _("There is no such complaint here.")


class NotPermitted(RecourseError):
    """Seen, but not this role's to do."""

    code = "not_permitted"
    status = 403
    default = _("Your role does not allow this.")


class IllegalMove(RecourseError):
    """The object is not in a state from which this leads."""

    code = "illegal_move"
    status = 409
    default = _("This is not possible in the present state of the case.")


class Stale(RecourseError):
    """Somebody else was first: the object changed since it was read."""

    code = "stale"
    status = 409
    default = _("Somebody changed this case in the meantime. Look at it again.")


class KeyReused(RecourseError):
    """A key that makes a second sending harmless came with other content.

    ``earlier`` is the complaint that it made; doors decide who is told of it.
    """

    code = "idempotency_key_reused"
    default = _("This key came with another complaint before.")

    def __init__(self, earlier: Any = None) -> None:
        self.earlier = earlier
        super().__init__()


class GuardRefused(RecourseError):
    """Something that must be true first is not; ``refusals`` say what."""

    code = "guard_refused"

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__(" ".join(str(refusal.words) for refusal in refusals))


class InvalidInput(RecourseError):
    """A value that cannot be kept; ``field`` names it where there is one."""

    code = "invalid"

    def __init__(self, words: Words, *, field: str = "", code: str = "invalid") -> None:
        self.field, self.reason = field, code
        super().__init__(words)


class CaseErased(InvalidInput):
    """Its words are gone for good; none comes to it that nothing would ever erase."""

    def __init__(self, *, field: str) -> None:
        words = _(
            "What stood in this case was erased when its time was over. Please make a "
            "new complaint."
        )
        super().__init__(words, field=field, code="erased")
