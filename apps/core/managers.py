"""Querysets that every capability shares: who may see a row, and when it happened."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.policy import Access

TEAM_GROUPS = ("team", "curator", "operator")


def is_team(user):
    """Whether a user belongs to the instrument team; asked once and kept on the user object."""
    if not user.is_authenticated:
        return False
    known = getattr(user, "_is_team", None)
    if known is None:
        known = user.is_superuser or user.groups.filter(name__in=TEAM_GROUPS).exists()
        user._is_team = known
    return known


class RestrictedQuerySet(models.QuerySet):
    """Rows that carry an access level, or reach it through the model's ``access_path``."""

    def visible_to(self, user, now=None):
        """Rows this user may see. Every door to data goes through here."""
        if is_team(user):
            return self
        path = self.model.access_path
        rule = Q(**{f"{path}access": Access.PUBLIC}) | Q(
            **{
                f"{path}access": Access.EMBARGOED,
                f"{path}release_at__lte": now or timezone.now(),
            }
        )
        owner_path = getattr(self.model, "owner_path", None)
        if owner_path and user.is_authenticated:
            rule |= Q(**{owner_path: user})
        return self.filter(rule)


class TimeSpanQuerySet(models.QuerySet):
    """Rows with a start and a stop (stop excluded)."""

    def overlapping(self, span):
        """Rows that share at least one instant with ``span``."""
        return self.filter(start__lt=span.stop, stop__gt=span.start)
