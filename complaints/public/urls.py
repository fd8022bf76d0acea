"""Addresses of the pages that everybody may read."""

from django.urls import URLPattern, path

from complaints.public import feed
from complaints.public.views import figures, learn, notices, pages, roots

app_name = "public"

urlpatterns: list[URLPattern] = [
    path("procedure/", pages.procedure, name="procedure"),
    path("procedure/template/", pages.template, name="template"),
    path("procedure/rules/", pages.complaint_rules, name="complaint-rules"),
    path("rules/", pages.rules, name="rules"),
    path("rules/fees/", pages.fees, name="fees"),
    path("security/", pages.security, name="security"),
    path("figures/", figures.figures, name="figures"),
    path("figures/check/", roots.check, name="check"),
    path("figures/roots.json", roots.published, name="roots"),
    path("improvements/", pages.improvements, name="improvements"),
    path("contact/", pages.contact, name="contact"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("pages/<slug:code>/", pages.page, name="page"),
    path("pages/<slug:code>/versions/", pages.versions, name="versions"),
    path("pages/<slug:code>/versions/<int:number>/", pages.version, name="version"),
    path("notices/", notices.notices, name="notices"),
    path("notices/subscribe/", notices.ask, name="subscribe"),
    path("notices/subscribe/sent/", notices.sent, name="subscribe-sent"),
    path("notices/subscribe/<str:token>/", notices.confirm, name="subscribe-confirm"),
    path("notices/unsubscribe/<str:token>/", notices.unsubscribe, name="unsubscribe"),
    path("notices/feed/<str:language>/", feed.feed, name="feed"),
    path("notices/<slug:code>/", notices.notice, name="notice"),
    path("learn/", learn.learn, name="learn"),
    path("learn/suggest/", learn.suggestions, name="suggest"),
    path("learn/<slug:code>/", learn.article, name="article"),
    path("learn/<slug:code>/vote/", learn.vote, name="vote"),
]
