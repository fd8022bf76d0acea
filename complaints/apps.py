from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("Complaints")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models are not loaded before ready, so these imports stand here.
        from complaints import outbox, reference, registry, triggers  # noqa: PLC0415
        from complaints.channels import metrics, secrets, tasks  # noqa: F401, PLC0415
        from complaints.channels.email import outbound  # noqa: PLC0415
        from complaints.channels.facebook import files as fb_files  # noqa: PLC0415
        from complaints.channels.facebook import outbound as facebook  # noqa: PLC0415
        from complaints.channels.phone import outbound as phone  # noqa: PLC0415
        from complaints.channels.phone import pictures, recordings  # noqa: PLC0415
        from complaints.channels.x import files as x_files  # noqa: PLC0415
        from complaints.channels.x import outbound as x  # noqa: PLC0415
        from complaints.profiles.checks import check_routes  # noqa: PLC0415
        from complaints.services import (  # noqa: PLC0415
            access,
            alarm,
            assign,  # noqa: F401
            effects,  # noqa: F401
            hand_over,  # noqa: F401
            rights,  # noqa: F401
            telling,
        )

        registry.sender("email", outbound.send)
        registry.sender("facebook", facebook.send)
        registry.sender("phone", phone.send)
        registry.sender("x", x.send)
        for kept in (fb_files, pictures, recordings, x_files):
            registry.sender(kept.CHANNEL, kept.fetch)
        registry.sender(access.LINK_CHANNEL, access.answer_request)
        registry.sender(outbox.ALARM_CHANNEL, alarm.sound)
        registry.sender(telling.CIRCLE_CHANNEL, telling.tell)
        metrics.install()
        pre_migrate.connect(triggers.remove_before_migrate, sender=self)
        post_migrate.connect(triggers.install_after_migrate)
        post_migrate.connect(reference.install_after_migrate, sender=self)
        register(triggers.check_triggers, Tags.database)
        register(check_routes)
        register(secrets.check_secrets, Tags.security, deploy=True)
        self._sign_up()

    def _sign_up(self) -> None:
        """Modules that tell the registry what they do as they are loaded."""
        from complaints import staff_notices, untied  # noqa: F401, PLC0415
        from complaints.selectors import lacks  # noqa: F401, PLC0415
