"""No page of the configuration speaks English to whoever reads Chinese."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.http import HttpRequest
from django.test import RequestFactory
from django.utils.translation import override

import config.urls  # noqa: F401 - the pages register when the addresses are read
from teams.words import in_language
from tests.people import People

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def labels(request: HttpRequest, model: Any, page: Any) -> Iterator[str]:
    names = {*page.get_list_display(request), *page.readonly_fields}
    if page.has_add_permission(request) or page.has_change_permission(request):
        names.update(flatten_fieldsets(page.get_fieldsets(request)))
    form = getattr(page.form, "declared_fields", {})
    for name in names:
        if name in form:
            yield str(form[name].label)
        elif hasattr(model, name) or hasattr(page, name):
            yield str(label_for_field(name, model, page))
    for inline in page.inlines:
        for name in inline.fields or own_fields(inline.model, model):
            yield str(label_for_field(name, inline.model, page))


def own_fields(model: Any, owner: Any) -> list[str]:
    """What Django shows of an inline that names no fields."""
    fields = [field for field in model._meta.fields if field.editable]
    return [
        field.name
        for field in fields
        if not field.primary_key and field.related_model is not owner
    ]


@pytest.mark.django_db
def test_every_field_has_a_chinese_name(people: People) -> None:
    request = RequestFactory().get("/")
    request.user = people.admin
    with override("zh-hans"):
        english = {
            (model._meta.label, label)
            for model, page in admin.site._registry.items()
            for label in labels(request, model, page)
            if label and not CHINESE.search(label)
        }
    assert english == set()


def test_words_are_in_the_readers_language_or_in_english() -> None:
    words = {"en": "Fees", "zh-hans": "费用"}
    with override("zh-hans"):
        assert in_language(words) == "费用"
        assert in_language({"en": "Fees"}) == "Fees"
    with override("en"):
        assert in_language(words) == "Fees"
    assert in_language({}) == in_language("Fees") == in_language(None) == ""
