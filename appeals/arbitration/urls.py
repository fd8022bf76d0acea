"""Addresses of the arbitrator's door; each begins with the token of one seat."""

from django.urls import URLPattern, path

from appeals.arbitration import award, files, views

app_name = "arbitration"

PAGE = "arbitration/<str:token>/"

urlpatterns: list[URLPattern] = [
    path(PAGE, views.show, name="page"),
    path(f"{PAGE}accept/", views.accept, name="accept"),
    path(f"{PAGE}decline/", views.decline, name="decline"),
    path(f"{PAGE}objection/", views.answer_objection, name="objection"),
    path(f"{PAGE}leave/", views.leave, name="leave"),
    path(f"{PAGE}ask/", views.ask, name="ask"),
    path(f"{PAGE}order/", views.order, name="order"),
    path(f"{PAGE}end/", views.end, name="end"),
    path(f"{PAGE}award/", award.write, name="award"),
    path(f"{PAGE}vote/", award.vote, name="vote"),
    path(f"{PAGE}make/", award.make, name="make"),
    path(f"{PAGE}bundle/", files.bundle, name="bundle"),
    path(f"{PAGE}exhibits/<int:number>/", files.exhibit, name="exhibit"),
]
