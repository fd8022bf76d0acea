"""A letter in the words it was sent in, for the customer it went to."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.representations import LetterOut
from complaints.api.views.base import REFERENCE, View, described
from complaints.errors import NotPermitted, NotVisible
from complaints.services.letter_pdfs import letter_for


class LetterTextOut(LetterOut):
    """The letter as it stands; it never changes afterwards."""

    language = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.CharField()
    sha256 = serializers.CharField()


class OneLetter(View):
    @described(
        "One letter, whole",
        403,
        404,
        answer={200: LetterTextOut},
        parameters=[REFERENCE, OpenApiParameter("number", int, OpenApiParameter.PATH)],
    )
    def get(self, request: Request, reference: str, number: int) -> Response:
        sight = self.sight(request, reference)
        if not sight.is_own:
            raise NotPermitted
        letter = letter_for(sight.case, number, sight.viewer)
        if letter is None:
            raise NotVisible
        return Response(LetterTextOut(letter).data)
