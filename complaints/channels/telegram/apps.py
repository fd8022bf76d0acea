from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelegramConfig(AppConfig):
    name = "complaints.channels.telegram"
    label = "telegram"
    verbose_name = _("Telegram")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded before ready, so these imports stand here.
        from complaints import registry  # noqa: PLC0415
        from complaints.channels.telegram import files, outbound  # noqa: PLC0415

        registry.sender(outbound.CHANNEL, outbound.send)
        registry.sender(files.CHANNEL, files.fetch)
