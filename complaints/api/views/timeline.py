"""The story of a case."""

from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.content import TimelineOut
from complaints.api.views.base import REFERENCE, View, described
from complaints.api.views.evidence import files_of
from complaints.selectors.timeline import customer_timeline, staff_timeline


class Timeline(View):
    @described(
        "The story, newest first",
        403,
        404,
        answer={200: TimelineOut(many=True)},
        parameters=[REFERENCE],
    )
    def get(self, request: Request, reference: str) -> Response:
        sight = self.sight(request, reference)
        sight.ask_content()
        story = customer_timeline if sight.is_own else staff_timeline
        entries = story(sight.case, sight.viewer)
        numbers = dict(files_of(sight).values_list("pk", "number"))
        out = TimelineOut(entries, many=True, context={"numbers": numbers})
        return Response(out.data)
