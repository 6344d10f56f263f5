"""What every template may use: the menu, the theme, the release version, whose portal it is."""

from django.conf import settings

from apps.core.managers import is_team
from stixportal.navigation import MENU

VERSION = "0.1.0"


def portal(request):
    """Context for `base.html`; makes no query for a visitor."""
    team = is_team(request.user) if hasattr(request, "user") else False
    return {
        "menu": [entry for entry in MENU if team or entry.audience == "public"],
        "is_team": team,
        "version": VERSION,
        "demo": settings.DEMO,
    }
