from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppChannelConfig(AppConfig):
    """Stands last among the apps: its notices follow those that write letters."""

    name = "complaints.channels.app"
    label = "app_channel"
    verbose_name = _("App and webhooks")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded before ready, so these imports stand here.
        from complaints import registry  # noqa: PLC0415
        from complaints.channels.app import (  # noqa: PLC0415
            events,
            outbound,
            tasks,  # noqa: F401
        )

        events.sign_up()
        registry.sender(events.WEBHOOK, outbound.send)
