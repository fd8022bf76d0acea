"""Template tags of the design system: how values are written, how fields are drawn.

They know nothing of complaints; see docs/components.md.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.forms import BaseFormSet, BoundField
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

register = template.Library()

ENDS = 6
"""Characters shown at each end of a shortened hash or address."""

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|"
    "December"
)
_BELONGS = re.compile(rf"(?<=\d) (?=(?:[A-Z]{{3,6}}|{_MONTHS})\b)")
"""The space between a number and what it counts: an asset, or a day's month."""

DATE_FORMS = ("day", "short", "date", "moment", "time", "weekday")


@register.filter
def amount(value: Decimal | int | str | None) -> str:
    """`Decimal("1302.000000")` as "1,302.00": at least two places, none lost, no float.

    What is no number comes back as it is.
    """
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return "" if value is None else str(value)
    if not number.is_finite():
        return str(value)
    whole, _dot, fraction = f"{number:,f}".partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"


@register.filter
def unparted(words: str) -> str:
    """The words of somebody as they are, but an amount keeps its asset, a day its month
    on the same line: for titles and questions, which are short and large."""
    return _BELONGS.sub("\u00a0", str(words or ""))


@register.filter
def ends(value: str | None) -> str:
    """The first and last six characters of a long hash; short values whole."""
    text = str(value or "")
    if len(text) <= 2 * ENDS + 1:
        return text
    return f"{text[:ENDS]}…{text[-ENDS:]}"


@register.filter
def spoken(reference: str | None) -> str:
    """`RC-7K4M-93XD` as "R C, 7 K 4 M, 9 3 X D", for screen readers."""
    return ", ".join(" ".join(group) for group in str(reference or "").split("-"))


@register.filter
def filesize_si(size: int | None) -> str:
    """Bytes as "412 kB" or "1.8 MB" (powers of ten, no-break space)."""
    if size is None:
        return ""
    if size < 1000:
        return f"{size}\u00a0B"
    if size < 999_500:
        return f"{size / 1000:.0f}\u00a0kB"
    return f"{size / 1_000_000:.1f}\u00a0MB"


@register.filter
def written(at: date | None, form: str = "moment") -> str:
    """A date or moment in the reader's language and zone; see DATE_FORMS."""
    if at is None:
        return ""
    if not isinstance(at, datetime) and form in ("moment", "time"):
        form = "date"
    return formats.date_format(_local(at), _pattern(form))


@register.filter
def utc(at: date | None) -> str:
    """The same moment in UTC, for the title of a `<time>`; empty for a plain date."""
    if not isinstance(at, datetime) or timezone.is_naive(at):
        return ""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


@register.filter
def machine(at: date | None) -> str:
    """ISO 8601 to the second, for the head of a PDF: it holds each date twice, and the
    older place knows no smaller part, so that the two would differ."""
    whole = at.replace(microsecond=0) if isinstance(at, datetime) else at
    return whole.isoformat() if whole is not None else ""


@register.simple_tag
def when(at: date | None, form: str = "moment") -> SafeString:
    """A `<time>` as `partials/date.html` draws it, for pages of many rows."""
    if at is None:
        return SafeString()
    universal, words = utc(at), escape(written(at, form or "moment"))
    title = f' title="{universal}"' if universal else ""
    return SafeString(f'<time datetime="{at.isoformat()}"{title}>{words}</time>')


@register.simple_tag
def attributes(attrs: Mapping[str, Any]) -> SafeString:
    """The attributes of a widget, as Django's own template of them writes them."""
    return SafeString(
        "".join(
            f" {escape(name)}"
            if value is True
            else f' {escape(name)}="{conditional_escape(_text(value))}"'
            for name, value in attrs.items()
            if value is not False
        )
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else str(value)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A picture of the sprite: unseen by readers, or with ``label`` as its words."""
    seen = format_html('role="img" aria-label="{}"', label)
    return format_html(
        '<svg class="i" focusable="false" {}><use href="{}#{}"/></svg>',
        seen if label else SafeString('aria-hidden="true"'),
        static("icons.svg"),
        name,
    )


@register.filter
def moment_of_day(at: date | None) -> bool:
    """Whether there is a time of day to be shown."""
    return isinstance(at, datetime)


@register.simple_tag
def gap() -> str:
    """What stands between two sentences or a word and its bracket: Chinese has none."""
    return "" if (get_language() or "").startswith("zh") else " "


@register.simple_tag
def stop() -> str:
    """What ends a sentence that ends in a link."""
    return "。" if (get_language() or "").startswith("zh") else "."


@register.simple_tag
def written_day(at: date) -> str:
    """A day that is still to come; the year is said when it is not this year's."""
    local = _local(at)
    this_year = timezone.localdate().year
    return written(at, "day" if local.year == this_year else "short")


@register.simple_tag
def share_widths(us: Decimal | float | int) -> tuple[str, str, str]:
    """Width of our part, start and width of the other, in hundredths, with a gap."""
    ours = min(max(float(us), 0.0), 100.0)
    gap = 0.4 if 0 < ours < 100 else 0.0
    return f"{ours - gap:.1f}", f"{ours + gap:.1f}", f"{100 - ours - gap:.1f}"


@register.filter
def any_errors(formsets: "Iterable[BaseFormSet[Any]] | None") -> bool:
    """Whether one of the formsets has something to say."""
    return any(each.is_bound and not each.is_valid() for each in formsets or ())


@register.filter
def first_id(field: BoundField) -> str:
    """The id of a field's first control: where the error summary's link leads."""
    if not field.use_fieldset:
        return field.id_for_label
    subwidgets = field.subwidgets
    first = subwidgets[0].id_for_label if len(subwidgets) > 1 else ""
    return first or f"{field.auto_id}_0"


@register.filter
def unbroken(text: str) -> SafeString:
    """On one line: a reference would part at its dashes."""
    return format_html('<span class="n">{}</span>', text)


@register.simple_tag
def said_of(field: BoundField, error: str) -> str:
    """What is wrong, said apart from the field: a bare "required" names it."""
    if str(error) != gettext("This field is required."):
        return str(error)
    return f"{field.label}{gettext(': ')}{error}"


@register.simple_tag
def control(field: BoundField, advice_id: str = "", code: bool = False) -> SafeString:
    """The bare widget of a field, described by its hint, error and advice."""
    described = " ".join(filter(None, (field.aria_describedby, advice_id)))
    attrs: dict[str, Any] = {}
    if described and not field.use_fieldset:
        attrs["aria-describedby"] = described
    if code:
        attrs |= {"spellcheck": "false", "autocapitalize": "none"}
    return field.as_widget(attrs=attrs)


@register.simple_tag
def labelled(field: BoundField) -> SafeString:
    """The widget of a field in a table, where the column's head is its only label."""
    if field.is_hidden:
        return field.as_widget()
    return field.as_widget(attrs={"aria-label": str(field.label)})


def _local(at: date) -> date:
    """A moment in the reader's zone; a day is a day everywhere."""
    if isinstance(at, datetime) and timezone.is_aware(at):
        return timezone.localtime(at)
    return at


def _pattern(form: str) -> str:
    """Django's date characters for one of DATE_FORMS, in the language in force."""
    if form == "day":
        return pgettext("date format", "j M")
    if form == "short":
        return pgettext("date format", "j M Y")
    if form == "date":
        return pgettext("date format", "j F Y")
    if form == "time":
        return pgettext("date format", "H:i")
    if form == "weekday":
        return pgettext("date format", "l j F")
    return pgettext("date format", "j F Y, H:i")
