"""Other cases that have to do with one, each with why; only what the viewer sees."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from complaints.models import Complaint, Identifier
from complaints.permissions import Viewer
from complaints.states import IdentifierKind
from complaints.worded import Worded

MOST = 12
SHOWN = (
    *("reference", "subject", "language", "state", "received_at"),
    *("customer_id", "merged_into_id"),
)
MOST_NAMED = 50
"""An address that hundreds of people name says that it is known, not who is who."""


@dataclass(frozen=True)
class Related:
    """``why`` in words, the closest relation first; ``named`` is what both name.

    ``is_near`` where more than the customer is the same.
    """

    case: Complaint
    why: tuple[str, ...]
    named: str
    is_near: bool


def named_elsewhere(complaint: int) -> QuerySet[Identifier]:
    """Where others name the transactions, orders and addresses that the case of that
    key names; newest first."""
    mine = Identifier.objects.filter(complaint=complaint).order_by()
    rows = Identifier.objects.filter(value__in=mine.values("value"))
    return rows.exclude(complaint=complaint).order_by("-pk")[:MOST_NAMED]


def related_cases(
    complaint: Complaint, viewer: Viewer, named: Iterable[Identifier]
) -> list[Related]:
    """Merged cases, those of the customer, those that name the same; one statement.

    ``named`` are the rows of ``named_elsewhere``.
    """
    shared: dict[int, Identifier] = {row.complaint_id: row for row in named}
    keys = {"case": complaint.pk, "customer": complaint.customer_id}
    if complaint.merged_into_id:
        keys["survivor"] = complaint.merged_into_id
    keys |= {f"shared_{place}": pk for place, pk in enumerate(_padded(shared))}
    rows = _NEAR.rows(viewer, **keys)
    found = [_related(complaint, row, shared) for row in rows]
    return sorted(found, key=lambda one: not one.is_near)


def _padded(keys: Iterable[int]) -> list[int]:
    """The last of them again until there are 1, 2, 4, 8 ..: few wordings do for all."""
    found = list(keys)
    size = 1 << (len(found) - 1).bit_length() if found else 0
    return found + found[-1:] * (size - len(found))


def _near(
    viewer: Viewer, case: int, customer: int, survivor: int = 0, **shared: int
) -> QuerySet[Complaint]:
    near = Q(customer_id=customer) | Q(merged_into=case)
    near |= Q(pk__in=shared.values())
    if survivor:
        near |= Q(pk=survivor) | Q(merged_into=survivor)
    rows = Complaint.objects.visible_to(viewer).filter(near).exclude(pk=case)
    return rows.only(*SHOWN).order_by("-pk")[:MOST]


_NEAR = Worded(_near)


def _related(
    complaint: Complaint, other: Complaint, shared: Mapping[int, Identifier]
) -> Related:
    row = shared.get(other.pk)
    near = tuple(_reasons(complaint, other, row))
    own = other.customer_id == complaint.customer_id
    why = (*near, _("same customer")) if own else near
    return Related(other, why, row.value if row else "", bool(near))


def _reasons(
    complaint: Complaint, other: Complaint, row: Identifier | None
) -> Iterator[str]:
    if other.pk == complaint.merged_into_id:
        yield _("this one was merged into it")
    elif other.merged_into_id == complaint.pk:
        yield _("merged into this one")
    elif other.merged_into_id and other.merged_into_id == complaint.merged_into_id:
        yield _("same incident, merged into the same case")
    if row is not None:
        yield _names(row.kind)


def _names(kind: str) -> str:
    if kind == IdentifierKind.TRANSACTION:
        return _("names the same transaction")
    if kind == IdentifierKind.WALLET:
        return _("names the same address")
    return _("names the same number")
