from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "complaints.compliance"
    label = "compliance"
    verbose_name = _("Compliance")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Modules with models are imported when the apps are loaded.
        from complaints.compliance import reading  # noqa: PLC0415

        pre_migrate.connect(reading.before_migrate, sender=self)
        post_migrate.connect(reading.after_migrate, sender=self)
