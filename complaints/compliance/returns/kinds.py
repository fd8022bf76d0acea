"""Which returns there are: what makes each, and in which forms it is given out."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from complaints.compliance.returns import (
    authorisation,
    cfpb,
    eu_casp,
    pack,
    paper,
    published,
    reports,
    sheets,
    uk_disp,
)
from complaints.compliance.returns.models import Form, Kind
from complaints.compliance.returns.paper import Paper
from complaints.compliance.returns.period import Period, parse
from complaints.compliance.returns.sheets import Return

BUILDERS: Final[dict[str, Callable[[Period, datetime], Return]]] = {
    Kind.EU_CASP: eu_casp.build,
    Kind.UK_DISP: uk_disp.build,
    Kind.CFPB: cfpb.build,
    Kind.MANAGEMENT: reports.build,
    Kind.PUBLIC: published.build,
    Kind.AUTHORISATION: authorisation.build,
}
"""Name of the return -> what makes it from the register, in the language in force."""

PAPERS: Final[dict[str, Callable[[Return], Paper]]] = {
    Kind.MANAGEMENT: reports.sheet_of,
    Kind.AUTHORISATION: pack.sheet_of,
}
"""Returns with more on their sheets than figures."""


def paper_for(found: Return) -> Paper:
    """The sheets of a return in the language in force."""
    made = PAPERS.get(found.profile)
    if made is not None:
        return made(found)
    return paper.paper_of(found, draft=paper.not_yet(found))


def to_pdf(found: Return) -> bytes:
    return paper.drawn(paper_for(found))


FORMS: Final[dict[str, Callable[[Return], bytes]]] = {
    **sheets.WRITERS,
    Form.PDF: to_pdf,
    Form.ZIP: pack.to_zip,
}
"""Form of a file -> what writes a return in it, in the language in force."""


def suits(kind: str, period: Period) -> bool:
    """Whether that return is made of such a period.

    Of days that anybody may choose, the group of restricted cases of the DISP return
    would tell how a single one of them ended; it is of half years, as the form is.
    """
    if kind == Kind.PUBLIC:
        return published.is_year(period)
    if kind != Kind.UK_DISP:
        return True
    year = period.first.year
    named = (parse(name) for name in (f"{year}", f"{year}-H1", f"{year}-H2"))
    return (period.first, period.last) in {(one.first, one.last) for one in named}


_TABLES: Final = (Form.PDF, Form.XLSX, Form.CSV, Form.JSON)
FORMS_OF: Final[dict[str, tuple[Form, ...]]] = {
    Kind.EU_CASP: _TABLES,
    Kind.UK_DISP: _TABLES,
    Kind.CFPB: (Form.CSV, Form.XLSX, Form.JSON),
    Kind.MANAGEMENT: _TABLES,
    Kind.PUBLIC: _TABLES,
    Kind.AUTHORISATION: (Form.ZIP, Form.PDF, Form.JSON),
    Kind.REGISTER: (Form.CSV, Form.XLSX, Form.JSON),
}
"""What may be ordered; the first is what is meant where nothing is said."""
