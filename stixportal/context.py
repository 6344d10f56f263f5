"""What every template may use: the menu, freshness, the release version, whose portal it is."""

from functools import cache, partial

from django.conf import settings

from apps.core.managers import is_team
from apps.status import managers
from stixportal import navigation


def portal(request):
    """Context for `base.html`; the freshness is asked only where a page shows it."""
    user = getattr(request, "user", None)
    team = is_team(user) if user else False
    audiences = {
        "public",
        *(["team"] if team else []),
        *(["staff"] if team and user.is_staff else []),
    }
    return {
        "menu": navigation.links(navigation.MENU, request.path, audiences),
        "portals": navigation.portals(request.path, audiences),
        "about": navigation.links(navigation.FOOTER, request.path, audiences),
        "contact": navigation.address(navigation.CONTACT),
        "is_team": team,
        "version": settings.VERSION,
        "demo": settings.DEMO,
        # The footer and the home page ask.
        "freshness": cache(partial(managers.freshness, user)) if user else None,
    }
