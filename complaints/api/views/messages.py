"""What is said on a case."""

from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.content import MessageOut, StaffMessageOut
from complaints.api.representations import Out
from complaints.api.serializers import (
    CustomerMessageIn,
    HeardMessageIn,
    StaffMessageIn,
)
from complaints.api.sight import Seen, Sight
from complaints.api.views.base import REFERENCE, View, described
from complaints.models import Message
from complaints.services import correspond
from complaints.states import Channel, Direction

FORMS: dict[Seen, type[CustomerMessageIn]] = {
    Seen.OWN: CustomerMessageIn,
    Seen.INSIDE: StaffMessageIn,
    Seen.STATUS: HeardMessageIn,
}
_SHAPES: dict[str, Any] = {
    "serializers": [MessageOut, StaffMessageOut],
    "resource_type_field_name": None,
}

_WRITING = PolymorphicProxySerializer(
    "Writing",
    serializers=[CustomerMessageIn, StaffMessageIn],
    resource_type_field_name=None,
)


def _shape(sight: Sight) -> type[Out]:
    return StaffMessageOut if sight.seen == Seen.INSIDE else MessageOut


class Messages(View):
    @described(
        "Messages, oldest first",
        403,
        404,
        answer={200: PolymorphicProxySerializer("Message", **_SHAPES, many=True)},
        parameters=[REFERENCE],
    )
    def get(self, request: Request, reference: str) -> Response:
        sight = self.sight(request, reference)
        sight.ask_content()
        rows = sight.case.messages.select_related("author").defer("full_text")
        if sight.is_own:
            rows = rows.exclude(direction=Direction.INTERNAL)
        return Response(_shape(sight)(rows, many=True).data)

    @described(
        "Write a message",
        400,
        403,
        404,
        415,
        422,
        answer={201: PolymorphicProxySerializer("WrittenMessage", **_SHAPES)},
        request=_WRITING,
        parameters=[REFERENCE],
    )
    def post(self, request: Request, reference: str) -> Response:
        sight = self.sight(request, reference)
        form = FORMS[sight.seen](data=request.data)
        form.is_valid(raise_exception=True)
        message = _write(sight, form.validated_data)
        return Response(_shape(sight)(message).data, status=201)


def _write(sight: Sight, data: dict[str, Any]) -> Message:
    given = {"complaint": sight.case, "text": data["text"], "actor": sight.viewer}
    if sight.is_own:
        return correspond.customer_writes(**given, channel=Channel.APP)
    if data["kind"] == "heard":
        return correspond.customer_writes(**given, channel=Channel.PHONE)
    if data["kind"] == "note":
        return correspond.note(**given)
    return correspond.reply(**given)
