"""The regulators' returns: one builder a profile, each from the register alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from complaints.compliance.returns import cfpb, eu_casp, paper, sheets, uk_disp
from complaints.compliance.returns.period import Period
from complaints.compliance.returns.sheets import Return

BUILDERS: Final[dict[str, Callable[[Period, datetime], Return]]] = {
    "eu-casp": eu_casp.build,
    "uk-disp": uk_disp.build,
    "cfpb": cfpb.build,
}
"""Name of the profile on the command line -> what makes its return."""

FORMS: Final[dict[str, Callable[[Return], bytes]]] = {
    **sheets.WRITERS,
    "pdf": paper.to_pdf,
}
"""Form of a file -> what writes a return in it, in the language in force."""
