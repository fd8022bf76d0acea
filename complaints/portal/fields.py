"""Form fields that forgive how people type, and never fall over what they get."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.chains import plain, tidy
from complaints.channels.safetext import storable
from complaints.errors import InvalidInput
from complaints.services.evidence import Upload, check_upload

WHOLE_DIGITS = 20
DECIMALS = 18
LONGEST_AMOUNT = 80

_GROUPED = re.compile(r"\d{1,3}(?:[,.]\d{3})+")
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}[,.]\d{3}")
_NUMBER = re.compile(r"(\d*)(?:\.(\d*))?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")


def read_amount(text: str) -> Decimal:
    """`1,860.50`, `1 860,50`, `１８６０` as exact numbers. Raises ``ValueError``.

    The last separator is the decimal one when both are there; a lone one before
    three digits parts thousands if it is a comma and is decimal if it is a dot.
    """
    packed = plain(text).replace("'", "").replace("’", "")
    if len(packed) > LONGEST_AMOUNT:
        raise ValueError("too long")
    match = _NUMBER.fullmatch(_with_dot(packed))
    if not match or not (match[1] or match[2]):
        raise ValueError("not a number")
    whole, fraction = match[1].lstrip("0"), (match[2] or "").rstrip("0")
    if len(whole) > WHOLE_DIGITS or len(fraction) > DECIMALS:
        raise ValueError("too precise or too large")
    return Decimal(f"{whole or '0'}.{fraction or '0'}")


def reads_two_ways(text: str) -> bool:
    """Whether a lone sign before three digits may part thousands or be decimal."""
    return bool(_TWO_WAYS.fullmatch(plain(text)))


def _with_dot(text: str) -> str:
    if "," in text and "." in text:
        comma_last = text.rfind(",") > text.rfind(".")
        point, group = (",", ".") if comma_last else (".", ",")
        whole, _dot, fraction = text.rpartition(point)
        if whole.isdigit() or _is_grouped(whole, group):
            return f"{whole.replace(group, '')}.{fraction}"
        return text
    if _is_grouped(text, ",") and not text.startswith("0"):
        return text.replace(",", "")
    if text.count(".") > 1 and _is_grouped(text, "."):
        return text.replace(".", "")
    return text.replace(",", ".") if text.count(",") == 1 else text


def _is_grouped(text: str, group: str) -> bool:
    return bool(_GROUPED.fullmatch(text)) and set(re.sub(r"\d", "", text)) == {group}


def read_day(text: str) -> date:
    """A day written year first or day first, or as 2026年11月17日. ``ValueError``."""
    packed = plain(text)
    if match := _DAY.fullmatch(packed):
        return date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(packed):
        return date(int(match[3]), int(match[2]), int(match[1]))
    raise ValueError("not a day")


class TextField(forms.CharField):
    """Text as it was typed, without what no database can hold.

    ``fills`` is the token of ``autocomplete`` (HTML, "Autofill") where it is something
    about a person, so that a browser can type it for them (WCAG 1.3.5).
    """

    def __init__(self, *, lines: int = 0, fills: str = "", **kwargs: Any) -> None:
        if lines:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": lines}))
        super().__init__(**kwargs)
        if fills:
            self.widget.attrs["autocomplete"] = fills

    def to_python(self, value: Any) -> str:
        text = storable(value) if isinstance(value, str) else value
        return super().to_python(text) or ""


class MailField(forms.EmailField):
    """An e-mail address, with full-width signs and stray spaces forgiven."""

    default_error_messages = {
        "invalid": _("Enter an e-mail address, such as name@example.com")
    }

    def __init__(self, *, fills: str = "email", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs["autocomplete"] = fills

    def to_python(self, value: Any) -> str:
        text = plain(value) if isinstance(value, str) else value
        return super().to_python(text) or ""


class AmountField(forms.Field):
    """An exact amount of an asset, None when empty."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Enter the amount as a number, such as 0.25")
    }

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or not plain(str(value)):
            return None
        try:
            return read_amount(str(value))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], "invalid") from None


class DayField(forms.Field):
    """A day, None when empty: one that has come, or with ``later`` one to come."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {
        "invalid": _("Enter a day, such as 2026-11-17"),
        "future": _("This day is still to come. Enter the day on which it happened."),
        "past": _("This day has passed already."),
    }

    def __init__(self, *, later: bool = False, **kwargs: Any) -> None:
        self.later = later
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, date):
            return value
        if not value or not plain(str(value)):
            return None
        try:
            day = read_day(str(value))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], "invalid") from None
        # A day ahead of UTC is still today somewhere.
        if (day - timezone.localdate()).days > 1 and not self.later:
            raise ValidationError(self.error_messages["future"], "future")
        if (timezone.localdate() - day).days > 1 and self.later:
            raise ValidationError(self.error_messages["past"], "past")
        return day


class LinesField(TextField):
    """Several short texts, one a line; as a tuple without empty or repeated ones."""

    def __init__(
        self,
        *,
        most: int = 20,
        longest: int = 200,
        tidy: Callable[[str], str] = str.strip,
        **kwargs: Any,
    ) -> None:
        self.most, self.longest, self.tidy = most, longest, tidy
        kwargs.setdefault("lines", 2)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        lines = dict.fromkeys(filter(None, map(self.tidy, text.split("\n"))))
        if len(lines) > self.most:
            words = _("These are more than %(most)d. Put the others in the text above.")
            raise ValidationError(words, "too_many", {"most": self.most})
        if any(len(line) > self.longest for line in lines):
            words = _("A line is longer than %(longest)d characters.")
            raise ValidationError(words, "too_long", {"longest": self.longest})
        return tuple(lines)


class IdsField(LinesField):
    """Transaction ids or addresses, one a line, pasted in any way; see ``tidy``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(tidy=tidy, **kwargs)


class EvidenceField(forms.FileField):
    """One file, judged by its bytes; an ``Upload`` or None."""

    default_error_messages = {"empty": _("This file is empty.")}

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not file:
            return None
        upload = Upload(name=storable(file.name or ""), content=file.read())
        try:
            check_upload(upload)
        except InvalidInput as error:
            raise ValidationError(str(error.words), error.reason) from None
        return upload
