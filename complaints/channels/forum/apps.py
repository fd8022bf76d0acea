from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ForumConfig(AppConfig):
    name = "complaints.channels.forum"
    label = "forum"
    verbose_name = _("Community")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded before ready, so these imports stand here.
        from complaints import registry  # noqa: PLC0415
        from complaints.channels.forum import outbound, reference  # noqa: PLC0415

        registry.sender(outbound.CHANNEL, outbound.send)
        post_migrate.connect(reference.install_after_migrate, sender=self)
