"""The rail names the lists that Django's own index would name for the same person."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.utils import translation

from complaints.admin.desk_lists import other_lists
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_lists_are_those_of_the_index_but_the_queue(
    people: People, rf: RequestFactory, language: str
) -> None:
    for name, user in people.all().items():
        request = rf.get("/admin/")
        request.user = user
        with translation.override(language):
            found = other_lists(admin.site, request)
            named = [
                (
                    str(app["name"]),
                    [
                        (one["name"], one["admin_url"])
                        for one in app["models"]
                        if one["admin_url"] and one["object_name"] != "Complaint"
                    ],
                )
                for app in admin.site.get_app_list(request)
            ]
        assert [tuple(one) for one in found] == [x for x in named if x[1]], name
