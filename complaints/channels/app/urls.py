"""``/embed/feedback/``: the frame of the app."""

from django.urls import URLPattern, path

from complaints.channels.app.feedback import feedback

app_name = "app-embed"

urlpatterns: list[URLPattern] = [path("", feedback, name="feedback")]
