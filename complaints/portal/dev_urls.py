"""The page of living examples; hung under /dev/ while DEBUG is on."""

from django.urls import path

from complaints.portal import dev

urlpatterns = [path("components/", dev.components, name="dev-components")]
