"""Which returns there are: what makes each, and in which forms it is given out."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from complaints.compliance.returns import cfpb, eu_casp, paper, sheets, uk_disp
from complaints.compliance.returns.models import Form, Kind
from complaints.compliance.returns.period import Period
from complaints.compliance.returns.sheets import Return

BUILDERS: Final[dict[str, Callable[[Period, datetime], Return]]] = {
    Kind.EU_CASP: eu_casp.build,
    Kind.UK_DISP: uk_disp.build,
    Kind.CFPB: cfpb.build,
}
"""Name of the return -> what makes it from the register."""

FORMS: Final[dict[str, Callable[[Return], bytes]]] = {
    **sheets.WRITERS,
    Form.PDF: paper.to_pdf,
}
"""Form of a file -> what writes a return in it, in the language in force."""

_TABLES: Final = (Form.PDF, Form.XLSX, Form.CSV, Form.JSON)
FORMS_OF: Final[dict[str, tuple[Form, ...]]] = {
    Kind.EU_CASP: _TABLES,
    Kind.UK_DISP: _TABLES,
    Kind.CFPB: (Form.CSV, Form.XLSX, Form.JSON),
    Kind.REGISTER: (Form.CSV, Form.XLSX, Form.JSON),
}
"""What may be ordered; the first is what is meant where nothing is said."""
