"""Every address, and those that only DEBUG has."""

from django.urls import include, path

from config import urls

urlpatterns = [*urls.urlpatterns, path("dev/", include("complaints.portal.dev_urls"))]
