"""What letter templates need besides the design system's tags."""

import json
import re
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from complaints.format import listed as listed_words

register = template.Library()


@register.simple_tag
def constant(name: str, **facts: Any) -> str:
    """A part of letters that is the same for all of them; made once for its facts."""
    return _constant(name, get_language() or "", json.dumps(facts, default=str))


@lru_cache(maxsize=256)
def _constant(name: str, _language: str, facts: str) -> str:
    template = get_template(name).template  # type: ignore[attr-defined]
    return str(template.render(Context(json.loads(facts), autoescape=False)))


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


_ADDRESS_END = r"/[\w/.~%?=&:#@-]*[\w/=-]|/"


@register.filter
def own_links(line: str) -> SafeString:
    """The line with addresses on this site to be followed; no other address is."""
    own = re.compile(f"({re.escape(settings.SITE_URL)}(?:{_ADDRESS_END}))", re.ASCII)
    parts = own.split(line)
    return mark_safe(  # every part of it is escaped
        "".join(
            format_html('<a href="{0}">{0}</a>', part)
            if place % 2
            else conditional_escape(part)
            for place, part in enumerate(parts)
        )
    )
