"""The ground as an app of Django, and the site of the curators' desk.

The site stands here, apart from `apps.core.admin`, because that module registers on it.
"""

from axes.apps import AppConfig as AxesConfig
from django.apps import AppConfig
from django.contrib.admin import ShowFacets
from django.contrib.admin import apps as desk
from django.contrib.admin.sites import AdminSite
from django.contrib.auth.apps import AuthConfig

GROUPS = {
    "Archive": ("archive",),
    "Content": ("pages",),
    "Work": ("core", "status", "django_q"),
    "People": ("accounts", "auth", "knox", "axes"),
}
"""Heading of the first page to the apps below it; other apps stand under their own names."""


class CoreConfig(AppConfig):
    """The shared ground: time, access, registries, page kinds, jobs."""

    name = "apps.core"
    default = True
    verbose_name = "Work"
    default_auto_field = "django.db.models.BigAutoField"


class DeskConfig(desk.AdminConfig):
    """Django's admin on our own site."""

    default = False
    default_site = "apps.core.apps.PortalAdmin"


class PeopleConfig(AuthConfig):
    """Django's users and groups, called as everywhere in the portal."""

    verbose_name = "Accounts"


class AttemptsConfig(AxesConfig):
    """What guards the sign-in, in a curator's words."""

    verbose_name = "Sign-in attempts"


class PortalAdmin(AdminSite):
    """The site: groups in a curator's words, what waits for review, one measure for all lists."""

    site_header = site_title = "STIX Data Center"
    index_title = "Curators' desk (all times UTC)"
    enable_nav_sidebar = False  # its room is that of the columns of the lists

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register models; the lists of packages too stay fast at a million rows."""
        from apps.core.tables import CappedPaginator

        limits = {
            "paginator": CappedPaginator,
            "show_full_result_count": False,
            "date_hierarchy": None,
            "list_per_page": 50,
            "show_facets": ShowFacets.NEVER,  # they count every row, choice by choice
        }
        if not getattr(admin_class, "__module__", "").startswith("apps."):
            limits["list_filter"] = ()  # a package's make their choices from all rows
        super().register(model_or_iterable, admin_class, **(limits | options))

    def get_app_list(self, request, app_label=None):
        """Models under the headings of `GROUPS`; one app alone, as its own page asks."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        apps = self._build_app_dict(request)
        groups = []
        for title, labels in GROUPS.items():
            models = [
                model for label in labels for model in apps.pop(label, {"models": ()})["models"]
            ]
            if models:
                models.sort(key=lambda model: model["name"])
                groups.append({"name": title, "app_label": labels[0], "models": models})
        return groups + sorted(apps.values(), key=lambda app: app["name"])

    def index(self, request, extra_context=None):
        """The first page, above its groups what waits for a curator.

        Whoever has such records gives lines of (words, number, address) in a method ``waiting``.
        """
        waiting = [
            line
            for model_admin in self._registry.values()
            if hasattr(model_admin, "waiting") and model_admin.has_view_permission(request)
            for line in model_admin.waiting()
        ]
        return super().index(request, {"waiting": waiting} | (extra_context or {}))
