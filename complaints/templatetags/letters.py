"""What letter templates need besides the design system's tags."""

from django import template

from complaints.format import listed as listed_words

register = template.Library()


@register.filter
def quoted(text: str | None) -> str:
    """Somebody else's words, each line marked, so that they cannot pass for ours."""
    lines = str(text or "").splitlines() or [""]
    return "\n".join(f"> {line}".rstrip() for line in lines)


@register.filter
def indented(text: str | None, columns: int = 3) -> str:
    """Lines that go on with the item above them; empty ones are dropped."""
    lines = [line.strip() for line in str(text or "").splitlines() if line.strip()]
    return ("\n" + " " * columns).join(lines)


@register.filter
def one_line(text: str | None) -> str:
    """The text without line ends."""
    return " ".join(str(text or "").split())


@register.filter
def listed(words: list[str]) -> str:
    """``a, b and c`` in the language in force."""
    return listed_words(words)
