"""Addresses of the reviewer's door."""

from django.urls import URLPattern, path

from complaints.compliance import views
from complaints.compliance.fairness import views as fairness
from complaints.compliance.returns import pages

app_name = "compliance"

urlpatterns: list[URLPattern] = [
    path("", views.figures, name="figures"),
    path("figures.csv", views.export, name="export"),
    path("cases/", views.cases, name="cases"),
    path("returns/", pages.returns, name="returns"),
    path("returns/<int:pk>/file/", pages.file, name="return-file"),
    path("returns/print/<slug:kind>/", pages.printed, name="return-print"),
    path("fairness/", fairness.fairness, name="fairness"),
]
