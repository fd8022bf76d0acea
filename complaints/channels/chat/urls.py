"""``/chat/``: the customer's page."""

from django.urls import path

from complaints.channels.chat import views
from complaints.channels.chat.pages import PORTAL

app_name = "chat"

urlpatterns = [
    path("", views.page_view(PORTAL), name="page"),
    path("news/", views.news_view(PORTAL), name="news"),
    path("end/", views.act_view(PORTAL, views.end), name="end"),
    path("complaint/", views.act_view(PORTAL, views.complain), name="complain"),
    path("files/<int:number>/", views.file_view(PORTAL, picture=False), name="file"),
    path(
        "files/<int:number>/picture/",
        views.file_view(PORTAL, picture=True),
        name="picture",
    ),
]
