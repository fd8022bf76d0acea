from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PublicConfig(AppConfig):
    name = "complaints.public"
    label = "public"
    verbose_name = _("Public information")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded before ready, so these imports stand here.
        from complaints import registry  # noqa: PLC0415
        from complaints.public import (  # noqa: PLC0415
            mailing,
            reference,
            search,  # noqa: F401
            words,  # noqa: F401
        )

        registry.sender(mailing.ANNOUNCE, mailing.fan_out)
        registry.sender(mailing.TO_SUBSCRIBER, mailing.send)
        post_migrate.connect(reference.install_after_migrate, sender=self)
