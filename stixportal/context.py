"""What every template may use: the menu, freshness, the release version, whose portal it is."""

from functools import cache

from django.conf import settings

from apps.archive.models import DataProduct
from apps.core.managers import is_team
from stixportal import navigation

VERSION = "0.1.0"


def portal(request):
    """Context for `base.html`; the freshness is asked only where a page shows it."""
    team = is_team(request.user) if hasattr(request, "user") else False

    @cache  # the footer and the home page ask
    def freshness():
        products = DataProduct.objects.visible_to(request.user).order_by("-start", "-id")
        newest = products.real().first() or products.first()
        return {"stop": newest and newest.stop, "simulated": newest and newest.simulated}

    about = navigation.links(navigation.FOOTER, request.path, team)
    return {
        "menu": navigation.links(navigation.MENU, request.path, team),
        "portals": navigation.portals(request.path, team),
        "about": about,
        "contact": navigation.address(navigation.CONTACT),
        "is_team": team,
        "version": VERSION,
        "demo": settings.DEMO,
        "freshness": freshness if hasattr(request, "user") else None,
    }
