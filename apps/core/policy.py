"""Who may see a record: the access rule as a pure function.

Its twin in SQL is `apps.core.managers.RestrictedQuerySet.visible_to`; a property test holds the
two together. The word *visibility* is kept for Fourier visibilities in imaging.
"""

from enum import StrEnum


class Access(StrEnum):
    """The three access levels of a record, least strict first."""

    PUBLIC = "public"
    EMBARGOED = "embargoed"
    TEAM = "team"

    @property
    def strictness(self):
        """Return 0 for public, 1 for embargoed, 2 for team."""
        return list(Access).index(self)


def may_see(access, release_at, *, is_team, is_owner, now):
    """Whether a viewer may see a record. The only statement of the rule in Python.

    Parameters
    ----------
    access : Access
        Access level of the record.
    release_at : datetime or None
        When an embargo ends, UTC; required when embargoed.
    is_team, is_owner : bool
        Whether the viewer belongs to the instrument team, or made the record.
    now : datetime
        The present, UTC.

    Returns
    -------
    bool
        True for the team, the owner, public records, and embargoed ones from `release_at` on.
    """
    return (
        is_team
        or is_owner
        or access == Access.PUBLIC
        or (access == Access.EMBARGOED and release_at <= now)
    )


def strictest(rules):
    """The strictest of several (access, release_at) pairs.

    Parameters
    ----------
    rules : iterable of (Access, datetime or None)
        At least one pair.

    Returns
    -------
    (Access, datetime or None)
        Team before embargoed before public; of two embargoes the later release.
    """
    access, release_at = max(
        ((Access(access), release_at) for access, release_at in rules),
        key=lambda rule: (rule[0].strictness, rule[1].timestamp() if rule[1] else 0.0),
    )
    return access, release_at if access == Access.EMBARGOED else None
