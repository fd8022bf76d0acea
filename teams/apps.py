from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TeamsConfig(AppConfig):
    name = "teams"
    verbose_name = _("People and teams")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from teams import reference, words  # noqa: PLC0415 - models load before ready

        words.translate_field_names(self.apps.get_models() if self.apps else ())
        post_migrate.connect(reference.install_after_migrate, sender=self)
