"""Addresses of the reviewer's door."""

from django.urls import URLPattern, path

from complaints.compliance import dashboard, views
from complaints.compliance.fairness import views as fairness
from complaints.compliance.returns import pages

app_name = "compliance"

urlpatterns: list[URLPattern] = [
    path("", dashboard.overview, name="overview"),
    path("charts/<slug:slug>/", dashboard.chart, name="chart"),
    path("charts/<slug:slug>.csv", dashboard.chart_csv, name="chart_csv"),
    path("charts/<slug:slug>.xlsx", dashboard.chart_xlsx, name="chart_xlsx"),
    path("rows/", dashboard.rows, name="rows"),
    path("months/", dashboard.months, name="months"),
    path("law/", views.figures, name="figures"),
    path("law/figures.csv", views.export, name="export"),
    path("law/cases/", views.cases, name="cases"),
    path("returns/", pages.returns, name="returns"),
    path("returns/<int:pk>/file/", pages.file, name="return-file"),
    path("returns/print/<slug:kind>/", pages.printed, name="return-print"),
    path("fairness/", fairness.fairness, name="fairness"),
]
