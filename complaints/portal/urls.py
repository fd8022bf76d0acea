"""Addresses of the customer's door."""

from django.urls import URLPattern, path

from complaints.portal import (
    account,
    actions,
    advice,
    apps,
    case,
    decision,
    evidence,
    file,
    home,
    letters,
    linked,
    proof,
    protection,
    rating,
    track,
)

app_name = "portal"

CASE = "complaints/<str:reference>/"
DRAFT = "complaints/new/<str:key>/"

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("complaints/", case.mine, name="mine"),
    path("complaints/new/", file.new, name="new"),
    path("complaints/new/urgent/", file.urgent, name="urgent"),
    path("complaints/new/template/", file.template, name="template"),
    path("complaints/new/advice/", advice.advise, name="advice"),
    path("complaints/new/resume/<str:token>/", file.resume, name="resume"),
    path(f"{DRAFT}", file.draft, name="draft"),
    path(f"{DRAFT}check/", file.check, name="check"),
    path(f"{DRAFT}saved/", file.saved, name="draft-saved"),
    path(f"{DRAFT}<slug:page>/", file.question, name="question"),
    path(CASE, case.show, name="case"),
    path(f"{CASE}live/", case.live, name="live"),
    path(f"{CASE}proof/", proof.show, name="proof"),
    path(f"{CASE}proof/receipt.json", proof.file, name="proof-file"),
    path(f"{CASE}rating/", rating.rate, name="rating"),
    path(f"{CASE}received/", file.received, name="received"),
    path(f"{CASE}protection/", protection.show, name="protection"),
    path(f"{CASE}protection/state/", protection.state, name="protection-state"),
    path(f"{CASE}message/", actions.write, name="message"),
    path(f"{CASE}answer/", actions.answer, name="answer"),
    path(f"{CASE}complete/", actions.complete, name="complete"),
    path(f"{CASE}withdraw/", actions.withdraw, name="withdraw"),
    path(f"{CASE}decision/", decision.show, name="decision"),
    path(f"{CASE}accept/", actions.accept, name="accept"),
    path(f"{CASE}remedies/<int:number>/", actions.remedy, name="remedy"),
    path(f"{CASE}letters/<int:number>/", letters.show, name="letter"),
    path(f"{CASE}letters/<int:number>/pdf/", letters.pdf, name="letter-pdf"),
    path(f"{CASE}letters/<int:number>/paper/", letters.on_paper, name="letter-paper"),
    path(f"{CASE}copy/", letters.copy, name="copy"),
    path(f"{CASE}evidence/new/", actions.add_file, name="evidence-new"),
    path(f"{CASE}evidence/<int:number>/", evidence.download, name="evidence"),
    path(f"{CASE}evidence/<int:number>/look/", evidence.look, name="evidence-look"),
    path(
        f"{CASE}evidence/<int:number>/page/<int:page>/",
        evidence.page,
        name="evidence-page",
    ),
    path("accounts/profile/", account.profile, name="profile"),
    path("accounts/preferences/", account.preferences, name="preferences"),
    path("accounts/linked/", linked.linked, name="linked"),
    path("accounts/apps/", apps.apps, name="apps"),
    path("track/", track.ask, name="track"),
    path("track/sent/", track.sent, name="track-sent"),
    path("track/<str:token>/", track.opening, name="track-open"),
]
