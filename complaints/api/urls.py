"""Addresses of version 1 of the API."""

from django.urls import URLPattern, path

from complaints.api.views.evidence import EvidenceFile, EvidenceList
from complaints.api.views.letters import OneLetter
from complaints.api.views.messages import Messages
from complaints.api.views.moves import (
    Accept,
    AcceptRemedy,
    OneTransition,
    RefuseRemedy,
    Transitions,
    Withdraw,
)
from complaints.api.views.register import Complaints, OneComplaint
from complaints.api.views.timeline import Timeline
from complaints.api.views.uploads import OneUpload, Uploads

app_name = "api"

CASE = "complaints/<str:reference>/"
REMEDY = f"{CASE}remedies/<int:number>/"

urlpatterns: list[URLPattern] = [
    path("complaints/", Complaints.as_view(), name="complaints"),
    path(CASE, OneComplaint.as_view(), name="complaint"),
    path(f"{CASE}messages/", Messages.as_view(), name="messages"),
    path(f"{CASE}evidence/", EvidenceList.as_view(), name="evidence"),
    path(f"{CASE}evidence/<int:number>/", EvidenceFile.as_view(), name="evidence-file"),
    path(f"{CASE}uploads/", Uploads.as_view(), name="uploads"),
    path(f"{CASE}uploads/<str:key>/", OneUpload.as_view(), name="upload"),
    path(f"{CASE}letters/<int:number>/", OneLetter.as_view(), name="letter"),
    path(f"{CASE}timeline/", Timeline.as_view(), name="timeline"),
    path(f"{CASE}accept/", Accept.as_view(), name="accept"),
    path(f"{CASE}withdraw/", Withdraw.as_view(), name="withdraw"),
    path(f"{REMEDY}accept/", AcceptRemedy.as_view(), name="remedy-accept"),
    path(f"{REMEDY}refuse/", RefuseRemedy.as_view(), name="remedy-refuse"),
    path(f"{CASE}transitions/", Transitions.as_view(), name="transitions"),
    path(f"{CASE}transitions/<str:name>/", OneTransition.as_view(), name="transition"),
]
