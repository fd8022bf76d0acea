from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from teams.signals import rights_changed


def _ask_again(sender: Any, *, user: Any, **_more: Any) -> None:
    """Sockets that somebody has open find out at once that they may no longer."""
    from complaints.channels.chat import ring  # noqa: PLC0415 - needs the apps

    transaction.on_commit(lambda: ring.ring(ring.person(user.pk)))


class ChatConfig(AppConfig):
    name = "complaints.channels.chat"
    label = "chat"
    verbose_name = _("Live chat")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded before ready, so these imports stand here.
        from complaints import registry  # noqa: PLC0415
        from complaints.channels.chat import canned, outbound, tasks  # noqa: F401, PLC0415

        registry.sender("chat", outbound.send)
        rights_changed.connect(_ask_again, dispatch_uid="chat.sockets")
        post_migrate.connect(canned.install_after_migrate, sender=self)
