"""Addresses of appeals in version 1 of the API."""

from django.urls import URLPattern, path

from appeals.api.outside import Outside, OutsideAnswer, OutsideObjection
from appeals.api.views import (
    Appeals,
    AppealTransition,
    AppealTransitions,
    OneAppeal,
    WithdrawAppeal,
)

app_name = "appeals-api"

APPEALS = "complaints/<str:reference>/appeals/"
ONE = f"{APPEALS}<int:number>/"

urlpatterns: list[URLPattern] = [
    path(APPEALS, Appeals.as_view(), name="appeals"),
    path(ONE, OneAppeal.as_view(), name="appeal"),
    path(f"{ONE}withdraw/", WithdrawAppeal.as_view(), name="withdraw"),
    path(f"{ONE}outside/", Outside.as_view(), name="outside"),
    path(
        f"{ONE}outside/<str:kind>/<int:item>/answer/",
        OutsideAnswer.as_view(),
        name="outside-answer",
    ),
    path(
        f"{ONE}outside/seats/<int:seat>/object/",
        OutsideObjection.as_view(),
        name="outside-object",
    ),
    path(f"{ONE}transitions/", AppealTransitions.as_view(), name="transitions"),
    path(
        f"{ONE}transitions/<str:name>/", AppealTransition.as_view(), name="transition"
    ),
]
