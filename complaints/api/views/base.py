"""What every view of the API shares, and how each is described."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints.api.representations import (
    CaseOut,
    Out,
    ProblemOut,
    StaffCaseOut,
    StatusDetailOut,
)
from complaints.api.sight import Seen, Sight, find
from complaints.selectors.receipts import OPENED
from complaints.services.reading import STATUS_OPENED, record_reading

DETAILS: dict[Seen, type[Out]] = {
    Seen.OWN: CaseOut,
    Seen.INSIDE: StaffCaseOut,
    Seen.STATUS: StatusDetailOut,
}
"""How much of a case is told to whom."""

REFUSALS = {
    400: "a value or the request is malformed",
    401: "nobody is signed in",
    403: "not your role",
    404: "not yours to see, or not there",
    409: "not from this state, or a stale version",
    412: "Tus-Resumable is missing",
    413: "too large",
    415: "not JSON",
    422: "the guard's reasons",
    428: "If-Match is missing",
    429: "too many, see Retry-After",
    460: "damaged on its way",
}
REFERENCE = OpenApiParameter(
    "reference", str, OpenApiParameter.PATH, description="Such as RC-7K4M-93XD."
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The version you looked at.",
)


def described(summary: str, *statuses: int, answer: dict[Any, Any], **more: Any) -> Any:
    """``extend_schema`` with a problem document for each status it may refuse by."""
    refused = dict.fromkeys((401, 429, *statuses), ProblemOut)
    return extend_schema(summary=summary, responses={**answer, **refused}, **more)


class View(APIView):
    """Nothing of an answer is kept by any cache; a case is found in one way."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store, private"
        return final

    def sight(self, request: Request, reference: str) -> Sight:
        """The case as the caller sees it, kept as read. Raises ``NotVisible``."""
        seen = find(request, reference)
        if request.method == "GET" and not seen.is_own:
            what = OPENED if seen.seen == Seen.INSIDE else STATUS_OPENED
            record_reading(complaint=seen.case, actor=seen.viewer, what=what)
        return seen


def detail(sight: Sight, status: int = 200) -> Response:
    """The case as its viewer may read it, with its version as the entity tag."""
    out = DETAILS[sight.seen](sight.case)
    response = Response(out.data, status=status)
    response["ETag"] = f'"{sight.case.version}"'
    return response
