"""``/embed/chat/``: the same in a frame, by token and without any cookie."""

from django.urls import path

from complaints.channels.chat import views
from complaints.channels.chat.pages import EMBED
from complaints.channels.chat.views import in_frame

app_name = "chat-embed"

urlpatterns = [
    path("", in_frame(views.page_view(EMBED)), name="page"),
    path("news/", in_frame(views.news_view(EMBED)), name="news"),
    path("end/", in_frame(views.act_view(EMBED, views.end)), name="end"),
    path(
        "complaint/", in_frame(views.act_view(EMBED, views.complain)), name="complain"
    ),
    path(
        "files/<str:token>/",
        in_frame(views.file_view(EMBED, picture=False)),
        name="file",
    ),
    path(
        "files/<str:token>/picture/",
        in_frame(views.file_view(EMBED, picture=True)),
        name="picture",
    ),
]
