from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppealsConfig(AppConfig):
    name = "appeals"
    verbose_name = _("Appeals")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Signs up what appeals do, say and miss, where the core will find it.
        from appeals import (  # noqa: F401, PLC0415
            beside,
            effects,
            lacks,
            notices,
            outside_effects,
            outside_notices,
        )
