from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


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
        post_migrate.connect(canned.install_after_migrate, sender=self)
