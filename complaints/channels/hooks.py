"""The addresses that providers call: ``/hooks/<channel>/``, one line each."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
