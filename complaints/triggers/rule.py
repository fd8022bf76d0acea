"""One thing that the database refuses, and the conditions that many of them share."""

from typing import NamedTuple


class Rule(NamedTuple):
    """``moment`` is "BEFORE UPDATE" and the like, ``refused`` a condition on ``NEW``
    and ``OLD``, ``message`` what the database says."""

    name: str
    table: str
    moment: str
    refused: str
    message: str


def changed(columns: tuple[str, ...]) -> str:
    """One of ``columns`` gets another value; ``*`` is the whole row."""
    if columns == ("*",):
        return "1 = 1"
    return " OR ".join(
        f"(NEW.{name} <> OLD.{name} OR (NEW.{name} IS NULL) <> (OLD.{name} IS NULL))"
        for name in columns
    )


def reworded(columns: tuple[str, ...]) -> str:
    """One of ``columns`` gets other words than none."""
    return " OR ".join(
        f"(NEW.{name} <> OLD.{name} AND NEW.{name} <> '')" for name in columns
    )
