"""Addresses of the pages that everybody may read."""

from django.urls import URLPattern, path

from complaints.public import views

app_name = "public"

urlpatterns: list[URLPattern] = [
    path("procedure/", views.procedure, name="procedure"),
    path("procedure/template/", views.template, name="template"),
    path("rules/", views.rules, name="rules"),
    path("figures/", views.figures, name="figures"),
    path("notices/", views.notices, name="notices"),
    path("learn/", views.learn, name="learn"),
    path("contact/", views.contact, name="contact"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
