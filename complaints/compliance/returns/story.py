"""What the figures of a return say, in sentences that are reckoned from them.

No sentence gives a reason: figures do not know one.
"""

from collections.abc import Callable, Iterator
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.compliance.page import duration
from complaints.compliance.returns import words
from complaints.compliance.returns.sheets import Cell, Return
from complaints.states import Step


def told(found: Return) -> Iterator[str]:
    """In the language now in force."""
    yield from TELLERS.get(found.profile, _nothing)(found)


def _nothing(_found: Return) -> Iterator[str]:
    yield from ()


def rows(found: Return, code: str) -> list[dict[str, Cell]]:
    """The rows of a table by the codes of its columns; none where it is not there."""
    tables = [table for table in found.tables if table.code == code]
    return [
        dict(zip(table.head, row, strict=True))
        for table in tables
        for row in table.rows
    ]


def values(found: Return, code: str = "totals") -> dict[str, Cell]:
    return {str(row["figure"]): row["value"] for row in rows(found, code)}


def number(cell: Cell) -> int:
    return int(cell) if cell is not None else 0


def percent(part: int, whole: int) -> str:
    """With one place; "" of nothing."""
    return f"{100 * part / whole:.1f}\u00a0%" if whole else ""


def _art_8(found: Return) -> Iterator[str]:
    whole = values(found)
    yield came_in(number(whole["received"]))
    yield from ended(number(whole["concluded"]), _upheld(found))
    yield from limits(found)
    if took := decision_time(found):
        yield _("From receipt to decision: %(time)s.") % {"time": took}
    yield from foremost(found)


def came_in(number_received: int) -> str:
    said = ngettext(
        "%(n)d complaint came in.", "%(n)d complaints came in.", number_received
    )
    return said % {"n": number_received}


def ended(concluded: int, upheld: int) -> Iterator[str]:
    said = ngettext(
        "%(n)d complaint was concluded.",
        "%(n)d complaints were concluded.",
        concluded,
    )
    yield said % {"n": concluded}
    if concluded:
        share = percent(upheld, concluded)
        yield _("Upheld in whole or in part: %(n)d (%(share)s).") % {
            "n": upheld,
            "share": share,
        }


def _upheld(found: Return) -> int:
    outcomes = {row["outcome"]: number(row["concluded"]) for row in _of(found)}
    return outcomes.get("upheld", 0) + outcomes.get("partly_upheld", 0)


def _of(found: Return) -> list[dict[str, Cell]]:
    return rows(found, "outcomes")


def limits(found: Return) -> Iterator[str]:
    steps = rows(found, "steps")
    due, late = (sum(number(row[key]) for row in steps) for key in ("due", "late"))
    said = ngettext(
        "%(late)d of %(due)d limit was missed.",
        "%(late)d of %(due)d limits were missed.",
        due,
    )
    yield said % {"late": late, "due": due}
    worst = max(steps, key=lambda row: number(row["late"]), default=None)
    if worst is not None and number(worst["late"]):
        name = str(words.names_of("step")[str(worst["step"])])
        yield _("Most of them at the step %(step)s, %(n)d.") % {
            "step": name,
            "n": number(worst["late"]),
        }


def decision_time(found: Return) -> str:
    """Mean time from receipt to decision in words; "" where none ended."""
    for row in rows(found, "steps"):
        if row["step"] == Step.STATUTORY_DECISION and row["mean_seconds"] is not None:
            return duration(number(row["mean_seconds"]))
    return ""


def foremost(found: Return) -> Iterator[str]:
    """The most frequent topic; of two the one that comes first."""
    topics = rows(found, "topics")
    most = max(topics, key=lambda row: number(row["received"]), default=None)
    if most is None:
        return
    whole = sum(number(row["received"]) for row in topics)
    yield _("The most frequent topic: %(topic)s, %(n)d (%(share)s).") % {
        "topic": str(words.names_of("topic").get(str(most["topic"]), most["topic"])),
        "n": number(most["received"]),
        "share": percent(number(most["received"]), whole),
    }


def _disp(found: Return) -> Iterator[str]:
    whole = values(found, "return")
    if whole["nil_return"] == "yes":
        yield _("A nil return: nothing was outstanding and nothing was opened.")
        return
    told_of = ("outstanding_start", "opened", "closed", "outstanding_end")
    yield _(
        "%(outstanding_start)d outstanding + %(opened)d opened - %(closed)d closed = "
        "%(outstanding_end)d outstanding."
    ) % {code: number(whole[code]) for code in told_of}
    if whole["publication_threshold_reached"] == "yes":
        yield _(
            "From 500 opened complaints in a half year on the figures are to be "
            "published (DISP 1.10A)."
        )


def _management(found: Return) -> Iterator[str]:
    """This period beside the one before, each sentence from one line of figures."""
    lines = {str(row["figure"]): row for row in rows(found, "compared")}
    now = {code: number(row["value"]) for code, row in lines.items()}
    past = {code: number(row["before"]) for code, row in lines.items()}
    yield came_in(now["received"])
    yield _("In the period before: %(n)d.") % {"n": past["received"]}
    yield from ended(now["concluded"], now["upheld"])
    yield from limits(found)
    if share := percent(past["late"], past["due"]):
        yield _("In the period before %(share)s of the limits were missed.") % {
            "share": share
        }
    yield from _took(lines["mean_seconds"])
    yield from foremost(found)
    yield from _first_cause(found)
    yield from _done(now, lines["redress"]["value"])


def _took(line: dict[str, Cell]) -> Iterator[str]:
    value, past = line["value"], line["before"]
    if value is None:
        return
    yield _("From receipt to decision: %(time)s.") % {"time": duration(number(value))}
    if past is not None:
        yield _("In the period before: %(time)s.") % {"time": duration(number(past))}


def _first_cause(found: Return) -> Iterator[str]:
    causes = rows(found, "causes")
    if not causes:
        return
    most, scopes = causes[0], ("single", "recurring", "systemic")
    names = words.names_of("cause")
    yield _("The most frequent root cause of closed cases: %(cause)s, %(n)d.") % {
        "cause": str(names.get(str(most["cause"]), most["cause"])),
        "n": sum(number(most[scope]) for scope in scopes),
    }


def _done(now: dict[str, int], redress: Cell) -> Iterator[str]:
    said = ngettext(
        "%(n)d remedy was carried out, worth EUR %(worth)s.",
        "%(n)d remedies were carried out, worth EUR %(worth)s.",
        now["remedies"],
    )
    yield said % {"n": now["remedies"], "worth": f"{redress or 0:,.2f}"}
    said = ngettext(
        "%(n)d appeal was lodged.", "%(n)d appeals were lodged.", now["appeals"]
    )
    yield said % {"n": now["appeals"]}


TELLERS: Final[dict[str, Callable[[Return], Iterator[str]]]] = {
    "eu-casp": _art_8,
    "uk-disp": _disp,
    "management": _management,
}
