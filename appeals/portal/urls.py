"""Addresses of appeals in the customer's door."""

from django.urls import URLPattern, path

from appeals.portal import bundle, outside, views

app_name = "appeals"

APPEAL = "complaints/<str:reference>/appeal/"
BUNDLE = "complaints/<str:reference>/bundle/"

urlpatterns: list[URLPattern] = [
    path(APPEAL, views.lodge_view, name="lodge"),
    path(f"{APPEAL}latest/", views.latest, name="latest"),
    path(f"{APPEAL}<int:number>/", views.show, name="appeal"),
    path(f"{APPEAL}<int:number>/withdraw/", views.withdraw, name="withdraw"),
    path(f"{APPEAL}<int:number>/refer/", views.refer, name="refer"),
    path(
        f"{APPEAL}<int:number>/outside/<str:what>/<int:one>/",
        outside.answer,
        name="outside-answer",
    ),
    path(
        f"{APPEAL}<int:number>/outside/seats/<int:seat>/reject/",
        outside.reject,
        name="outside-reject",
    ),
    path(f"{APPEAL}<int:number>/outside/end/", outside.take_back, name="outside-end"),
    path("figures/awards/", outside.awards, name="awards"),
    path("figures/awards/<int:number>/", outside.award, name="award"),
    path(BUNDLE, bundle.show, name="bundle"),
    path(f"{BUNDLE}<int:number>/", bundle.file, name="bundle-file"),
]
