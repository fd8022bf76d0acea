"""The page of living examples at an address, for the browser."""

from django.urls import include, path

from config.urls import urlpatterns as everything

urlpatterns = [*everything, path("dev/", include("complaints.portal.dev_urls"))]
