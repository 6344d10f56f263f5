from django.apps import AppConfig
from django.contrib.admin import apps as desk


class CoreConfig(AppConfig):
    """The shared ground: time, access, registries, page kinds, jobs."""

    name = "apps.core"
    default = True
    verbose_name = "Work"
    default_auto_field = "django.db.models.BigAutoField"


class DeskConfig(desk.AdminConfig):
    """Django's admin on our own site."""

    default = False
    default_site = "apps.core.admin.PortalAdmin"
