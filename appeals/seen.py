"""A name is given to the words that were read, not to those that stand there now."""

from typing import Any

from django import forms

from complaints.errors import Stale


def as_seen(seen: str | None, present: str) -> None:
    """``seen`` is the hash of what somebody read; None where it cannot have changed.

    Raises ``Stale``.
    """
    if seen is not None and seen != present:
        raise Stale


class SeenForm(forms.Form):
    """Carries the hash of what is shown above it; other words are shown anew first."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, present: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = self.initial["seen"] = present

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        try:
            as_seen(data.get("seen", ""), self.present)
        except Stale as error:
            self.add_error(None, str(error.words))
            # The next try is about what the page shows now.
            self.data = {**self.data.dict(), "seen": self.present}  # type: ignore[attr-defined]
        return data
