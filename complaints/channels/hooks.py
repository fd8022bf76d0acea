"""The addresses that providers call: ``/hooks/<channel>/``, one line each."""

from django.urls import URLPattern, path

from complaints.channels.email import hook as email
from complaints.channels.facebook import hook as facebook
from complaints.channels.forum import hook as forum
from complaints.channels.phone import hook as phone
from complaints.channels.telegram import hook as telegram
from complaints.channels.x import hook as x

urlpatterns: list[URLPattern] = [
    path("email/", email.receive, name="hook-email"),
    # Mailgun hands a mail over byte for byte where the address ends so.
    path("email/mime", email.receive, name="hook-email-mime"),
    path("facebook/", facebook.receive, name="hook-facebook"),
    path("forum/", forum.receive, name="hook-forum"),
    path("telegram/", telegram.receive, name="hook-telegram"),
    path("phone/", phone.receive, name="hook-phone"),
    path("x/", x.receive, name="hook-x"),
]
