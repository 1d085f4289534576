from django.apps import AppConfig
from django.forms import Field
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Audit and housekeeping"

    def ready(self) -> None:
        """An error says what to do, in every form that has no words of its own, the admin's included."""
        Field.default_error_messages["required"] = _("Fill in this field.")
