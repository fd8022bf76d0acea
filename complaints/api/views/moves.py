"""Moves: what may be done now, doing it, and the short ways of the customer."""

import re
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.api.errors import ProveAgain, VersionMissing
from complaints.api.fields import values_of
from complaints.api.representations import OffersOut, StatusDetailOut
from complaints.api.sight import Seen, Sight, find
from complaints.api.views.base import IF_MATCH, REFERENCE, View, described, detail
from complaints.channels.app.tokens import Grant
from complaints.errors import IllegalMove, NotPermitted, NotVisible, Stale
from complaints.models import Remedy
from complaints.selectors.money import moves_money
from complaints.workflow import (
    available_transitions,
    offer_of,
    perform,
    transitions_of,
)
from config.sudo import proved_lately

_VERSION = re.compile(r'(")?(\d{1,9})(?(1)")', re.ASCII)
_REFUSALS = (400, 403, 404, 409, 415, 422)
_DONE = {200: StatusDetailOut, 204: None}


def version_of(request: Request, *, required: bool) -> int | None:
    """The version in If-Match, bare or as an entity tag.

    Raises ``VersionMissing`` or ``ParseError``.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header and required:
        raise VersionMissing
    if not header:
        return None
    match = _VERSION.fullmatch(header)
    if match is None:
        raise ParseError("If-Match", "bad_version")
    return int(match[2])


def move(
    obj: Any, name: str, *, request: Request, sight: Sight, version: int | None
) -> None:
    """``perform`` with what was sent. Raises what it raises, ``ValidationError`` and
    ``ProveAgain`` besides; who may not do it at all hears that before anything of the
    fields."""
    offer = offer_of(obj, name, sight.viewer)
    if offer is None:
        raise _why_not(obj, name, sight, version)
    if moves_money(obj, name) and not _proves(request):
        raise ProveAgain
    fields = values_of(offer, request.data, obj, sight.viewer)
    perform(obj, name, actor=sight.viewer, expected_version=version, **fields)


def _proves(request: Request) -> bool:
    """By the password or second factor of a session; a token never does."""
    return not isinstance(request.auth, Grant) and proved_lately(request)


def _why_not(obj: Any, name: str, sight: Sight, version: int | None) -> Exception:
    """The refusal that ``perform`` would give to a move that is not offered."""
    model: Any = type(obj)
    method, spec = transitions_of(model)[name]
    if sight.seen == Seen.STATUS and not spec.by_customer:
        return NotVisible()
    if version is not None and version != obj.version:
        return Stale()
    if not method._django_fsm.has_transition(obj.state):  # type: ignore[attr-defined]
        return IllegalMove()
    return NotPermitted()


def after(request: Request, sight: Sight) -> Response:
    """The case as it stands now; 204 where the caller no longer sees it."""
    try:
        return detail(find(request, sight.case.reference))
    except NotVisible:
        return Response(status=204)


class Transitions(View):
    @described(
        "What I may do now", 404, answer={200: OffersOut}, parameters=[REFERENCE]
    )
    def get(self, request: Request, reference: str) -> Response:
        sight = self.sight(request, reference)
        offers = available_transitions(sight.case, sight.viewer)
        out = OffersOut({"version": sight.case.version, "transitions": offers})
        response = Response(out.data)
        response["ETag"] = f'"{sight.case.version}"'
        return response


class OneTransition(View):
    """One move by name; internal ones have doors of their own and none here."""

    @described(
        "Do it",
        *_REFUSALS,
        428,
        answer=_DONE,
        request=OpenApiTypes.OBJECT,
        parameters=[
            REFERENCE,
            IF_MATCH,
            OpenApiParameter("name", str, OpenApiParameter.PATH),
        ],
    )
    def post(self, request: Request, reference: str, name: str) -> Response:
        sight = self.sight(request, reference)
        table = transitions_of(type(sight.case))
        if name not in table or table[name][1].internal:
            raise NotVisible
        version = version_of(request, required=True)
        move(sight.case, name, request=request, sight=sight, version=version)
        return after(request, sight)


class _ShortWay(View):
    """A move of the customer at an address of its own; If-Match is theirs to give."""

    name: str

    def post(self, request: Request, reference: str) -> Response:
        sight = self.sight(request, reference)
        version = version_of(request, required=False)
        move(sight.case, self.name, request=request, sight=sight, version=version)
        return after(request, sight)


class _ShortWayOfRemedy(View):
    name: str

    def post(self, request: Request, reference: str, number: int) -> Response:
        sight = self.sight(request, reference)
        rows = Remedy.objects.visible_to(sight.viewer)
        remedy = rows.filter(complaint=sight.case, pk=number).first()
        if remedy is None:
            raise NotVisible
        version = version_of(request, required=False)
        move(remedy, self.name, request=request, sight=sight, version=version)
        return after(request, sight)


def _short(way: type[View], name: str, summary: str) -> type[View]:
    """The view class of one short way."""
    path = [REFERENCE, IF_MATCH]
    if way is _ShortWayOfRemedy:
        path.append(OpenApiParameter("number", int, OpenApiParameter.PATH))
    describe = described(
        summary,
        *_REFUSALS,
        answer=_DONE,
        request=OpenApiTypes.OBJECT,
        parameters=path,
    )
    post = describe(_copied(way.post))  # type: ignore[attr-defined]
    return type(name.title() + way.__name__, (way,), {"name": name, "post": post})


def _copied(post: Any) -> Any:
    """A function of its own, since a description is kept on the function."""

    def own(self: View, *args: Any, **kwargs: Any) -> Response:
        answer: Response = post(self, *args, **kwargs)
        return answer

    return own


Accept = _short(_ShortWay, "accept", "Accept the decision")
Withdraw = _short(_ShortWay, "withdraw", "Withdraw the complaint")
AcceptRemedy = _short(_ShortWayOfRemedy, "accept", "Accept one remedy")
RefuseRemedy = _short(_ShortWayOfRemedy, "refuse", "Refuse one remedy")
