"""Addresses of the board."""

from django.urls import URLPattern, path

from complaints.channels.forum.views import notes, read, write

app_name = "forum"

urlpatterns: list[URLPattern] = [
    path("", read.index, name="index"),
    path("parts/<slug:code>/", read.category, name="category"),
    path("join/", write.join, name="join"),
    path("new/", write.new, name="new"),
    path("notes/", notes.notes, name="notes"),
    path("notes/read/", notes.mark_read, name="notes-read"),
    path("topics/<int:topic>/", read.topic, name="topic"),
    path("topics/<int:topic>/reply/", write.reply, name="reply"),
    path("posts/<int:post>/edit/", write.edit, name="edit"),
    path("posts/<int:post>/delete/", write.delete, name="delete"),
    path("posts/<int:post>/report/", write.report, name="report"),
    path("posts/<int:post>/accept/", write.accept, name="accept"),
    path("posts/<int:post>/complain/", write.complain, name="complain"),
]
