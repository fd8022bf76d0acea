"""Figures in words: a question, its answer, bars, a table, and what was counted."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.compliance import rows
from complaints.compliance.asked import Asked
from complaints.compliance.charts import Bar, Chart, chart
from complaints.compliance.figures import RESTRICTED, Figures, StepFigures
from complaints.compliance.second_looks import second_looks
from complaints.models import Category
from complaints.states import Outcome, Step


@dataclass(frozen=True)
class Cell:
    """What stands in a table, and the query of the cases behind it, if any."""

    text: str
    query: str = ""


@dataclass(frozen=True)
class Figure:
    """One figure as the page and the file show it."""

    code: str
    title: str
    say: str
    definition: str
    denominator: str
    head: tuple[str, ...]
    body: tuple[tuple[Cell, ...], ...]
    chart: Chart | None = None


def figures_of(figures: Figures, asked: Asked) -> list[Figure]:
    """All figures of the page, in its order; one query for the names of topics."""
    names = topic_names()
    return [
        _late(figures, asked),
        _times(figures),
        _topics(figures, asked, names),
        _outcomes(figures, asked),
        _by_both(figures, names),
        _second_looks(figures),
    ]


def topic_names() -> dict[str, str]:
    """The names of the main topics by code, with the two that are none."""
    mains = Category.objects.filter(parent=None).order_by("position", "code")
    return {
        **{category.code: category.label for category in mains},
        rows.NO_TOPIC: _("No topic yet"),
        RESTRICTED: _("Restricted"),
    }


def outcome_names() -> dict[str, str]:
    return {
        **{code: str(label) for code, label in Outcome.choices},
        rows.REFUSED: _("Not admitted"),
        rows.WITHDRAWN: _("Withdrawn by the customer"),
    }


def duration(seconds: int | None) -> str:
    """A mean time in days or hours with one place."""
    if seconds is None:
        return _("none")
    if seconds < 2 * 86_400:
        return _("%(n)s h") % {"n": f"{seconds / 3600:.1f}"}
    return _("%(n)s d") % {"n": f"{seconds / 86_400:.1f}"}


def _late(figures: Figures, asked: Asked) -> Figure:
    late = sum(step.late for step in figures.steps)
    due = sum(step.due for step in figures.steps)
    body = tuple(_late_row(step, asked) for step in figures.steps)
    words = ngettext(
        "%(late)d of %(due)d limit was missed.",
        "%(late)d of %(due)d limits were missed.",
        due,
    )
    return Figure(
        code="late",
        title=_("Which limits do we miss?"),
        say=words % {"late": late, "due": due},
        definition=_(
            "A limit is missed when it is on the ledger as a breach, ended after "
            "its date, or still runs after it."
        ),
        denominator=_("n %(n)d limits that fell due in the period") % {"n": due},
        head=(_("Step"), _("Fell due"), _("Late")),
        body=body,
        chart=chart(
            [Bar(row[0].text, int(row[2].text), row[2].text) for row in body],
            mark="late",
        ),
    )


def _late_row(step: StepFigures, asked: Asked) -> tuple[Cell, ...]:
    query = asked.query(show="late", step=step.step) if step.late else ""
    label = str(Step(step.step).label)
    return Cell(label), Cell(str(step.due)), Cell(str(step.late), query)


def _times(figures: Figures) -> Figure:
    finished = sum(step.finished for step in figures.steps)
    body = tuple(_time_row(step) for step in figures.steps)
    means = {step.step: step.mean_seconds for step in figures.steps}
    whole = duration(means[Step.STATUTORY_DECISION])
    return Figure(
        code="times",
        title=_("How long does each step take on average?"),
        say=_("From receipt to decision: %(time)s.") % {"time": whole},
        definition=_(
            "Mean time between start and end of a step, nights and waiting for the "
            "customer included; steps that ended by withdrawal too."
        ),
        denominator=_("n %(n)d steps that ended in the period") % {"n": finished},
        head=(_("Step"), _("Ended"), _("On average")),
        body=body,
        chart=chart([_time_bar(step) for step in figures.steps]),
    )


def _time_row(step: StepFigures) -> tuple[Cell, ...]:
    label, mean = str(Step(step.step).label), duration(step.mean_seconds)
    return Cell(label), Cell(str(step.finished)), Cell(mean)


def _time_bar(step: StepFigures) -> Bar:
    label, mean = str(Step(step.step).label), duration(step.mean_seconds)
    return Bar(label, step.mean_seconds or 0, mean)


def _topics(figures: Figures, asked: Asked, names: Mapping[str, str]) -> Figure:
    counted = [code for code in names if figures.topics.get(code)]
    body = tuple(
        (
            Cell(names[code]),
            Cell(
                str(figures.topics[code]),
                "" if code == RESTRICTED else asked.query(show="received", topic=code),
            ),
        )
        for code in counted
    )
    words = ngettext(
        "%(n)d complaint came in.", "%(n)d complaints came in.", figures.received
    )
    return Figure(
        code="topics",
        title=_("What are complaints about?"),
        say=words % {"n": figures.received},
        definition=_(
            "Received in the period by any channel, by main topic. Restricted cases "
            "count, but neither topic nor case is shown."
        ),
        denominator=_("n %(n)d received") % {"n": figures.received},
        head=(_("Topic"), _("Received")),
        body=body,
        chart=_bars(body),
    )


def _outcomes(figures: Figures, asked: Asked) -> Figure:
    body = tuple(
        (
            Cell(name),
            Cell(
                str(n := figures.outcomes.get(code, 0)),
                asked.query(show="outcome", outcome=code) if n else "",
            ),
        )
        for code, name in outcome_names().items()
    )
    words = ngettext(
        "%(n)d complaint was concluded.",
        "%(n)d complaints were concluded.",
        figures.concluded,
    )
    return Figure(
        code="outcomes",
        title=_("How do they end?"),
        say=words % {"n": figures.concluded},
        definition=_(
            "First decisions that went out, refusals and withdrawals in the period; "
            "rulings on appeals are not counted again."
        ),
        denominator=_("n %(n)d concluded") % {"n": figures.concluded},
        head=(_("Outcome"), _("Concluded")),
        body=body,
        chart=_bars(body),
    )


def _by_both(figures: Figures, names: Mapping[str, str]) -> Figure:
    outcomes = outcome_names()
    body = [
        (Cell(names.get(code, code)), *(_shown(n) for n in cells.values()))
        for code, cells in sorted(
            figures.cells.items(), key=lambda item: _place(item[0], names)
        )
    ]
    totals = (Cell(str(figures.outcomes.get(code, 0))) for code in outcomes)
    return Figure(
        code="topics-outcomes",
        title=_("Does the outcome depend on the topic?"),
        say=_(
            "Cells with fewer than 10 cases are hidden, and others with them where "
            "the total would give them away."
        ),
        definition=_("The same cases as above, by main topic and outcome."),
        denominator=_("n %(n)d concluded") % {"n": figures.concluded},
        head=(_("Topic"), *outcomes.values()),
        body=(*body, (Cell(_("All")), *totals)),
    )


def _second_looks(figures: Figures) -> Figure:
    found = second_looks(figures.since, figures.until)
    words = ngettext(
        "%(n)d case has a potential violation marked in it.",
        "%(n)d cases have a potential violation marked in them.",
        found.violations,
    )
    return Figure(
        code="second-looks",
        title=_("What did compliance find when it looked again?"),
        say=words % {"n": found.violations},
        definition=_(
            "Reviews drawn and ended in the period, and cases in which a potential "
            "violation was marked in it; restricted cases count."
        ),
        denominator=_("n %(n)d reviews ended") % {"n": found.done},
        head=(_("Second look"), _("Cases")),
        body=(
            (Cell(_("Drawn for review")), Cell(str(found.drawn))),
            (Cell(_("Review ended")), Cell(str(found.done))),
            (Cell(_("Potential violation marked")), Cell(str(found.violations))),
        ),
    )


def _place(code: str, names: Mapping[str, str]) -> int:
    codes = list(names)
    return codes.index(code) if code in names else len(codes)


def _shown(number: int | None) -> Cell:
    return Cell(_("hidden") if number is None else str(number))


def _bars(body: tuple[tuple[Cell, ...], ...]) -> Chart:
    return chart([Bar(row[0].text, int(row[1].text), row[1].text) for row in body])
