"""Addresses of the reviewer's door."""

from django.urls import URLPattern, path

from complaints.compliance import views

app_name = "compliance"

urlpatterns: list[URLPattern] = [
    path("", views.figures, name="figures"),
    path("figures.csv", views.export, name="export"),
    path("cases/", views.cases, name="cases"),
]
