"""The other lists of the desk that a person may open."""

from typing import Any, NamedTuple

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst


class Lists(NamedTuple):
    """Lists of one application: its name, then each list's name and address."""

    title: str
    lists: list[tuple[str, str]]


def other_lists(site: Any, request: HttpRequest) -> list[Lists]:
    """What ``get_app_list`` names and links to, in its order, but for the queue.

    It also reverses three addresses a list and asks for four permissions; this stands
    on every page of the desk.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for model, shown in site._registry.items():
        if model._meta.object_name == "Complaint" or not _may_open(shown, request):
            continue
        address = _address(model._meta.label_lower)
        if address:
            name = capfirst(model._meta.verbose_name_plural)
            found.setdefault(model._meta.app_label, []).append((name, address))
    groups = [
        Lists(str(apps.get_app_config(label).verbose_name), sorted(lists, key=_name))
        for label, lists in found.items()
    ]
    return sorted(groups, key=lambda group: group.title.lower())


def _name(one: tuple[str, str]) -> str:
    return one[0]


def _may_open(shown: Any, request: HttpRequest) -> bool:
    inside: bool = shown.has_module_permission(request)
    return inside and bool(
        shown.has_view_permission(request) or shown.has_change_permission(request)
    )


def _address(label: str) -> str:
    try:
        return reverse(f"admin:{label.replace('.', '_')}_changelist")
    except NoReverseMatch:
        return ""
