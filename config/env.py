"""Readers of the environment. Every one fails loudly and names its variable.

This is the only place that touches ``os.environ`` for settings. Reading is strict
on purpose: a typo in a boolean must stop the start, not switch a protection off.
"""

import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = frozenset({"1", "true", "True"})
FALSE = frozenset({"0", "false", "False"})


class SettingError(ImproperlyConfigured):
    """A variable of the environment is missing or unreadable; ``name`` says which."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name = name
        self.reason = reason


def _read(name: str, default: str | None) -> str:
    """The raw text; an empty value counts as unset, as in every compose file."""
    value = os.environ.get(name, "")
    if value:
        return value
    if default is None:
        raise SettingError(name, "is required and not set.")
    return default


def env_str(name: str, default: str | None = None) -> str:
    """Text, stripped. Without a default the variable is required."""
    return _read(name, default).strip()


def env_bool(name: str, default: bool | None = None) -> bool:
    """1, true, True, 0, false or False; anything else is an error."""
    value = _read(name, None if default is None else str(default))
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise SettingError(name, f"{value!r} is not one of 1, 0, true, false.")


def env_int(name: str, default: int | None = None, *, minimum: int = 0) -> int:
    """A whole number in ASCII digits, not below ``minimum``."""
    value = _read(name, None if default is None else str(default))
    try:
        number = int(value)
    except ValueError:
        raise SettingError(name, f"{value!r} is not a whole number.") from None
    if number < minimum:
        raise SettingError(name, f"{number} is below {minimum}.")
    return number


def env_list(name: str, default: list[str] | None = None) -> list[str]:
    """Items between commas, stripped, without empty ones."""
    value = _read(name, None if default is None else ",".join(default))
    return [item.strip() for item in value.split(",") if item.strip()]


def env_secret(name: str, default: str | None = None, *, minimum: int = 1) -> str:
    """A secret from ``NAME``, or from the file that ``NAME_FILE`` points to.

    ``minimum`` is its least length in characters. Never says what it read.
    """
    path = os.environ.get(f"{name}_FILE", "")
    if path and os.environ.get(name, ""):
        raise SettingError(name, f"is set twice, here and by {name}_FILE.")
    value = _secret_file(name, path) if path else _read(name, default)
    if len(value) < minimum:
        raise SettingError(name, f"is shorter than {minimum} characters.")
    return value


def env_secrets(name: str, *, minimum: int = 1) -> tuple[str, ...]:
    """Old secrets that still open what they closed: between commas, newest first.

    Read like ``env_secret``; none where nothing is given. Each has at least
    ``minimum`` characters.
    """
    values = [item.strip() for item in env_secret(name, "", minimum=0).split(",")]
    found = tuple(value for value in values if value)
    if any(len(value) < minimum for value in found):
        raise SettingError(name, f"holds one shorter than {minimum} characters.")
    return found


def _secret_file(name: str, path: str) -> str:
    """The file's text without the newline that editors leave at its end."""
    try:
        return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"{name}_FILE", f"cannot be read: {error}") from None


def parse_url(name: str, text: str) -> SplitResult:
    """``text`` in its parts; a port that is no number is an error here already."""
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError as error:
        raise SettingError(name, f"is not an address: {error}") from None
    return url


def settings_module() -> str:
    """Which settings a program starts with when nobody says: DEBUG=1 means dev."""
    kind = "dev" if env_bool("DEBUG", False) else "production"
    return f"config.settings.{kind}"
