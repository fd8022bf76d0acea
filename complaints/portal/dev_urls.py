"""What helps to build the desk; hung under /dev/ while DEBUG is on."""

from django.urls import path

from complaints.portal import dev, dev_mail

urlpatterns = [
    path("components/", dev.components, name="dev-components"),
    path("mail/", dev_mail.mailbox, name="dev-mail"),
    path(
        "mail/<str:name>/<int:number>/",
        dev_mail.message,
        name="dev-mail-message",
    ),
]
