"""The codes of a return in the reader's language: titles, heads, names, values.

The codes are what a program reads and what the checksum is over; these words are for
people and change nothing of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from complaints.compliance.figures import RESTRICTED
from complaints.compliance.page import duration, outcome_names, topic_names
from complaints.compliance.returns.sheets import Cell, Return, Table
from complaints.models.cause import cause_labels
from complaints.models.improvement import Progress
from complaints.states import Channel, Step
from teams.models import Team

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TITLES: Final[dict[str, "StrOrPromise"]] = {
    "eu-casp": _("Figures of Article 8, Delegated Regulation (EU) 2025/294"),
    "uk-disp": _("Complaints return, DISP 1 Annex 1R"),
    "cfpb": _("Complaints in the shape of the CFPB's database"),
    "management": _("Report on complaints to the management body"),
    "public": _("Complaints: published figures"),
    "authorisation": _("Complaints handling, Article 11 of (EU) 2025/305"),
}

TABLES: Final[dict[str, "StrOrPromise"]] = {
    "about": _("About this return"),
    "totals": _("In sum"),
    "steps": _("Time and limits by step"),
    "topics": _("Topics"),
    "outcomes": _("Outcomes"),
    "return": _("The return"),
    "groups": _("By group of products"),
    "publication": _("For publication"),
    "complaints": _("Complaints"),
    "compared": _("With the period before"),
    "causes": _("Root causes"),
    "measures": _("Improvement actions"),
    "months": _("Months"),
    "a_people": _("(a) People"),
    "a_channels": _("(a) Channels"),
    "b_head": _("(b) Person in charge"),
    "c_languages": _("(c) Languages"),
    "d_published": _("(d) How clients learn that filing is free"),
    "e_records": _("(e) Records"),
    "f_limits": _("(f) Time limits"),
    "g_routes": _("(g) Outside routes"),
    "h_sign_offs": _("(h) Who signs a decision"),
    "h_grounds": _("(h) Grounds of refusal"),
}

HEADS: Final[dict[str, "StrOrPromise"]] = {
    "fact": _("Fact"),
    "figure": _("Figure"),
    "value": _("Value"),
    "step": _("Step"),
    "finished": _("Ended"),
    "mean_seconds": _("Average time"),
    "due": _("Fell due"),
    "late": _("Late"),
    "topic": _("Topic"),
    "outcome": _("Outcome"),
    "group": _("Group"),
    "received": _("Received"),
    "concluded": _("Concluded"),
    "breaches": _("Breaches on the ledger"),
    "nil_return": _("Nil return"),
    "outstanding_start": _("Outstanding at the start"),
    "opened": _("Opened"),
    "closed_within_3_business_days": _("Closed within 3 business days"),
    "closed_within_8_weeks": _("Closed after that, within 8 weeks"),
    "closed_after_8_weeks": _("Closed after 8 weeks"),
    "closed": _("Closed"),
    "upheld": _("Upheld"),
    "outstanding_end": _("Outstanding at the end"),
    "redress_upheld": _("Redress, upheld"),
    "redress_not_upheld": _("Redress, not upheld"),
    "main_cause": _("Main cause"),
    "publication_threshold_reached": _("Threshold of publication reached"),
    "percent_within_3_business_days": _("Closed within 3 business days, %"),
    "percent_within_8_weeks": _("Closed after that, within 8 weeks, %"),
    "percent_upheld": _("Upheld, %"),
    "before": _("Before"),
    "appeals": _("Appeals lodged"),
    "remedies": _("Remedies carried out"),
    "redress": _("Redress, in euro"),
    "cause": _("Root cause"),
    "single": _("Single incident"),
    "recurring": _("Recurring"),
    "systemic": _("Systemic"),
    "measure": _("Measure"),
    "team": _("Team"),
    "owner": _("Owner"),
    "due_on": _("Due"),
    "state": _("State"),
    "after": _("After"),
    "month": _("Month"),
    "decided": _("Decided"),
    "median_days": _("Days to decision, median"),
    "role": _("Role"),
    "people": _("People"),
    "channel": _("Channel"),
    "person": _("Person"),
    "profile": _("Rules"),
    "languages": _("Languages"),
    "item": _("Item"),
    "limit": _("Limit"),
    "remark": _("Remark"),
    "name": _("Name"),
    "address": _("Address"),
    "up_to": _("Worth up to"),
    "signs": _("Signed by"),
    "return_name": _("Return"),
    "period": _("Period"),
    "from": _("From"),
    "to": _("To"),
    "cut_off": _("Cut-off"),
    "sha256": _("Checksum"),
}
"""Columns, figures and facts; a code that is not here stands for itself."""

VALUES: Final[dict[str, "StrOrPromise"]] = {
    "yes": _("yes"),
    "no": _("no"),
    "hidden": _("hidden"),
}

SECONDS: Final = "mean_seconds"
MONEY: Final = frozenset({"redress", "redress_upheld", "redress_not_upheld"})
COMPARED: Final = frozenset({"value", "before"})
"""Columns whose meaning is that of the figure at the head of the row."""


def title(found: Return) -> str:
    return str(TITLES.get(found.profile, found.profile))


def sheet_name(code: str) -> str:
    """The title of a table, without what no sheet may be called by."""
    return "".join(c for c in str(TABLES.get(code, code)) if c not in "[]:*?/\\'")


def head(code: str) -> str:
    return str(HEADS.get(code, code))


def names_of(column: str) -> Mapping[str, "StrOrPromise"]:
    """Code -> name for the cells of a column."""
    readers: dict[str, Callable[[], Mapping[str, StrOrPromise]]] = {
        "step": lambda: dict(Step.choices),
        "topic": topic_names,
        "group": topic_names,
        "outcome": outcome_names,
        "channel": lambda: dict(Channel.choices),
        "cause": lambda: {**cause_labels(), **_restricted()},
        "team": _teams,
        "state": lambda: dict(Progress.choices),
        "figure": lambda: HEADS,
        "fact": lambda: {**HEADS, "return": HEADS["return_name"]},
    }
    return readers[column]() if column in readers else {}


def _teams() -> Mapping[str, "StrOrPromise"]:
    return {team.code: team.label for team in Team.objects.all()}


def _restricted() -> Mapping[str, "StrOrPromise"]:
    return {RESTRICTED: _("Restricted")}


def spoken(table: Table) -> Table:
    """The same table with its heads and codes in words; numbers stay numbers."""
    columns = [names_of(code) for code in table.head]
    rows = [
        tuple(_named(cell, names) for cell, names in zip(row, columns, strict=True))
        for row in table.rows
    ]
    return replace(table, head=tuple(map(_column, table.head)), rows=rows)


def _column(code: str) -> str:
    """A sheet keeps seconds as they are, so that they can be reckoned with."""
    words = head(code)
    return gettext("%(what)s, seconds") % {"what": words} if code == SECONDS else words


def _named(cell: Cell, names: Mapping[str, "StrOrPromise"]) -> Cell:
    if not isinstance(cell, str):
        return cell
    return str(names.get(cell) or VALUES.get(cell, cell))


def read(table: Table) -> tuple[list[str], list[list[str]]]:
    """Head and rows as people read them on paper: times in days, sums with cents."""
    said = spoken(table)
    figures = [row[0] if row else "" for row in table.rows]
    rows = [
        [
            _read(cell, str(figure) if code in COMPARED else code)
            for cell, code in zip(row, table.head, strict=True)
        ]
        for row, figure in zip(said.rows, figures, strict=True)
    ]
    return [head(code) for code in table.head], rows


def _read(cell: Cell, code: str) -> str:
    if code == SECONDS:
        return duration(cell if isinstance(cell, int) else None)
    if code in MONEY:
        return f"{cell:,.2f}"
    if isinstance(cell, Decimal):
        return f"{cell:,}"
    return f"{cell:,}" if isinstance(cell, int) else cell or ""
