"""The one door. Every change of state is a call of ``perform``; nothing else is.

Objects are complaints, remedies and appeals: anything ``Stateful`` whose manager
knows ``visible_to``.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, notifications, registry, timing
from complaints.errors import (
    GuardRefused,
    IllegalMove,
    NotPermitted,
    NotVisible,
    Stale,
)
from complaints.guards import word_recorded
from complaints.masking import mask_all
from complaints.models import Event
from complaints.permissions import Viewer, as_viewer
from complaints.transitions import (
    CUSTOMER_WORD,
    Ask,
    Field,
    Kind,
    Offer,
    Refusal,
    Spec,
)

if TYPE_CHECKING:
    from teams.models import User


@transaction.atomic
def perform(
    obj: Any,
    transition: str,
    *,
    actor: "User | Viewer",
    expected_version: int | None = None,
    now: datetime | None = None,
    **fields: Any,
) -> Event:
    """Move ``obj`` and return the event that says so; ``obj`` is brought up to date.

    In this order, in one transaction: takes the ledger stream of the case, claims
    the row, asks the permission, asks the guards, runs the transition, appends the
    event, saves by conditional update, moves the clocks, runs the signed-up
    effects, writes the notices. A relay is woken after commit.

    ``expected_version`` is the version the caller looked at. ``now`` is for demo
    data and imports. Raises ``NotVisible``, ``IllegalMove``, ``Stale``,
    ``NotPermitted`` or ``GuardRefused``; then nothing has changed.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    fields = mask_all(fields)
    method, spec = _transition(obj.__class__, transition)
    head = ledger.lock(obj.stream)
    row = _claim(obj, viewer, spec, expected_version)
    source = row.state
    _ask_move(row, method, source)
    _ask_permission(row, method, source, viewer)
    _ask_guards(row, transition, spec, Ask(viewer, fields, moment))
    before = _columns(row)
    _run(row, method, viewer, moment, fields)
    event = _record(row, transition, spec, viewer, moment, fields, source, head)
    _save(row, before, source)
    done = registry.Done(
        row, transition, viewer, fields, moment, event, source, row.state
    )
    _follow_up(done)
    _bring_up_to_date(obj, row)
    return event


def available_transitions(
    obj: Any, actor: "User | Viewer", *, seen: bool = False
) -> list[Offer]:
    """What ``actor`` may ask for now, with the reasons why a guard would refuse.

    Buttons, the API's list and the tests all read this and nothing else. ``seen``: the
    caller has just read ``obj`` from ``visible_to`` of this actor.
    """
    viewer = as_viewer(actor)
    ask = Ask(viewer, {}, viewer.at, complete=False)
    sees = {False: seen or _sees(obj, viewer, status=False)}
    sees[True] = sees[False] or _sees(obj, viewer, status=True)
    return [
        Offer(name, _with_word(spec, viewer), tuple(_refusals(obj, name, spec, ask)))
        for name, (method, spec) in transitions_of(obj.__class__).items()
        if not spec.internal and sees[spec.by_customer] and _may(obj, method, viewer)
    ]


def offer_of(obj: Any, name: str, actor: "User | Viewer") -> Offer | None:
    """The offer of one transition, None when it is not this actor's to ask for."""
    offers = available_transitions(obj, actor)
    return next((offer for offer in offers if offer.name == name), None)


def stands_in_way(
    obj: Any, transition: str, viewer: Viewer
) -> IllegalMove | NotPermitted | None:
    """State or role in the way of a transition, before its fields are known.

    For lists that say beforehand what would be refused; guards speak in ``perform``.
    """
    method, _spec = _transition(obj.__class__, transition)
    try:
        _ask_move(obj, method, obj.state)
        _ask_permission(obj, method, obj.state, viewer)
    except (IllegalMove, NotPermitted) as error:
        return error
    return None


# The table ------------------------------------------------------------------------


@cache
def transitions_of(
    model: Any,
) -> Mapping[str, tuple[Callable[..., Any], Spec]]:
    """Every transition of ``model`` by name, in the order they are declared."""
    field = model._meta.get_field("state")
    methods: dict[str, Callable[..., Any]] = field.transitions[model]
    order = {name: place for place, name in enumerate(_declared(model))}
    names = sorted(methods, key=lambda name: order[name])
    return {name: (methods[name], _spec_of(methods[name])) for name in names}


def _declared(model: type[Any]) -> Iterable[str]:
    for base in reversed(model.__mro__):
        yield from vars(base)


def _spec_of(method: Any) -> Spec:
    first = next(iter(method._django_fsm.transitions.values()))
    spec: Spec = first.custom["spec"]
    return spec


def _transition(model: Any, name: str) -> tuple[Callable[..., Any], Spec]:
    try:
        return transitions_of(model)[name]
    except KeyError:
        raise IllegalMove(_("There is no such transition.")) from None


def _with_word(spec: Spec, viewer: Viewer) -> Spec:
    """Staff who act for the customer are asked how the customer said so."""
    if not spec.by_customer or viewer.parties:
        return spec
    return Spec(**{**vars(spec), "fields": (*spec.fields, CUSTOMER_WORD)})


def _sees(obj: Any, viewer: Viewer, *, status: bool) -> bool:
    manager = type(obj).objects
    seen = manager.status_visible_to if status else manager.visible_to
    return bool(seen(viewer).filter(pk=obj.pk).exists())


def _may(obj: Any, method: Any, viewer: Viewer) -> bool:
    meta = method._django_fsm
    return bool(
        meta.has_transition(obj.state)
        and meta.has_transition_perm(obj, obj.state, viewer)
    )


# The steps of perform ---------------------------------------------------------------


def _claim(obj: Any, viewer: Viewer, spec: Spec, expected: int | None) -> Any:
    """The row as it is now, held, if this viewer may see it at all."""
    manager = type(obj).objects
    seen = manager.status_visible_to if spec.by_customer else manager.visible_to
    row = seen(viewer).select_for_update(of=("self",)).filter(pk=obj.pk).first()
    if row is None:
        raise NotVisible
    if expected is not None and row.version != expected:
        raise Stale
    return row


def _ask_move(row: Any, method: Any, source: str) -> None:
    if not method._django_fsm.has_transition(source):
        raise IllegalMove


def _ask_permission(row: Any, method: Any, source: str, viewer: Viewer) -> None:
    if not method._django_fsm.has_transition_perm(row, source, viewer):
        raise NotPermitted


def _ask_guards(row: Any, name: str, spec: Spec, ask: Ask) -> None:
    refusals = [*_missing(spec, ask), *_refusals(row, name, spec, ask)]
    if refusals:
        raise GuardRefused(refusals)


def _missing(spec: Spec, ask: Ask) -> Iterable[Refusal]:
    for field in spec.fields:
        if field.required and ask.fields.get(field.name) in (None, ""):
            words = _("%(field)s is missing.") % {"field": field.label}
            yield Refusal("field_missing", words)
        elif not _is_known(field, ask.fields.get(field.name)):
            words = _("%(field)s is not one of the choices.") % {"field": field.label}
            yield Refusal("field_invalid", words)


def _is_known(field: Field, value: Any) -> bool:
    return field.choices is None or not value or value in field.choices.values


def _refusals(obj: Any, name: str, spec: Spec, ask: Ask) -> Iterable[Refusal]:
    asked = [*spec.guards, *registry.guards_of(obj.OBJECT_TYPE, name)]
    if ask.complete:
        asked += [*spec.checks, *([word_recorded] if spec.by_customer else [])]
    for guard in asked:
        yield from guard(obj, ask)


def _run(
    row: Any, method: Any, viewer: Viewer, now: datetime, fields: Mapping[str, Any]
) -> None:
    extra = {"actor": viewer.user, "now": now}
    wanted = inspect.signature(method).parameters
    given = {name: value for name, value in extra.items() if name in wanted}
    getattr(row, method.__name__)(**fields, **given)


def _record(
    row: Any,
    name: str,
    spec: Spec,
    viewer: Viewer,
    now: datetime,
    fields: Mapping[str, Any],
    source: str,
    head: Any,
) -> Event:
    texts = {f.name for f in spec.fields if f.kind == Kind.TEXT} | {CUSTOMER_WORD.name}
    return ledger.append(
        row.stream,
        ledger.Entry(
            what=name,
            viewer=viewer,
            at=now,
            payload={k: v for k, v in fields.items() if k not in texts}
            | {name: getattr(row, name) for name in spec.kept},
            texts={k: v for k, v in fields.items() if k in texts and v},
            object_type=row.OBJECT_TYPE,
            object_id=row.pk,
            object_version=row.version + 1,
            source=source,
            target=row.state,
        ),
        head=head,
    )


def _columns(row: Any) -> dict[str, Any]:
    fields = row._meta.concrete_fields
    return {field.attname: row.__dict__[field.attname] for field in fields}


def _save(row: Any, before: Mapping[str, Any], source: str) -> None:
    """Write what changed, if nobody else moved the row meanwhile."""
    now = _columns(row)
    changes = {name: value for name, value in now.items() if value != before[name]}
    changes |= {"version": row.version + 1, "state": now["state"]}
    rows = type(row)._base_manager.filter(pk=row.pk, state=source, version=row.version)
    if rows.update(**changes) != 1:
        raise Stale
    row.version += 1


def _follow_up(done: registry.Done) -> None:
    if done.obj.OBJECT_TYPE == "complaint":
        timing.follow(done)
    for effect in registry.effects_of(done.obj.OBJECT_TYPE, done.transition):
        effect(done)
    notifications.announce(done)


def _bring_up_to_date(obj: Any, row: Any) -> None:
    """Give the caller's object the new columns; what it had loaded is dropped."""
    obj.__dict__.update(_columns(row))
    obj._state.fields_cache.clear()
    getattr(obj, "_prefetched_objects_cache", {}).clear()
