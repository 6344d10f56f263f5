"""The vocabulary of accounts: who may change whom, tokens, locks, and what was exported."""

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.db import models
from knox.models import AuthTokenManager

from apps.accounts.roles import ROLES
from apps.core.managers import is_team

LONGEST_NAME = 150
"""Characters of a user name; Django's form reads longer ones, which axes' table does not hold."""


def may_manage(actor, account):
    """Whether someone with the right to change accounts may change this one.

    Whoever is not an admin must not gain more than a curator has, not by way of another account
    either: its mail address is where a new password goes.

    Parameters
    ----------
    actor, account : User
    """
    if actor.is_superuser:
        return True
    beyond = account.groups.exclude(name__in=ROLES).exists() or account.user_permissions.exists()
    return not (account.is_superuser or beyond)


def tried_name(request, credentials):
    """The name of an attempt to sign in, no longer than names are; axes counts by it.

    Parameters
    ----------
    request : HttpRequest
    credentials : dict or None
        What was tried; without it, what the form holds.
    """
    name = (credentials or request.POST).get("username")
    return name[:LONGEST_NAME] if name else name


def locked_until(request, credentials, now):
    """When somebody who is locked out may sign in again.

    Parameters
    ----------
    request : HttpRequest
        The sign-in that was refused.
    credentials : dict or None
        The name that was tried.
    now : datetime
        The present, UTC.

    Returns
    -------
    datetime
        The first instant at which neither the name nor the address has too many failures.
    """
    handler = AxesProxyHandler.get_implementation()
    over = []
    for attempts in handler.get_user_attempts(request, credentials):
        failures = list(
            attempts.order_by("attempt_time").values_list("attempt_time", "failures_since_start")
        )
        left = sum(number for _, number in failures)
        for at, number in failures:
            if left < settings.AXES_FAILURE_LIMIT:
                break
            left -= number
            over.append(at + settings.AXES_COOLOFF_TIME)
    return max(over, default=now + settings.AXES_COOLOFF_TIME)


class TokenManager(AuthTokenManager):
    """API tokens, of which the portal keeps a hash."""

    def issue(self, user, name, expiry, now):
        """Make a token.

        Parameters
        ----------
        user : User
        name : str
            What it is for, in the user's words.
        expiry, now : datetime

        Returns
        -------
        (Token, str)
            The record, and the secret, which nobody can show again.
        """
        token, secret = self.create(user, expiry=expiry - now, name=name)
        token.ending = secret[-4:]
        token.expiry = expiry
        token.save(update_fields=["ending", "expiry"])
        return token, secret

    def valid(self, user, now):
        """Tokens of a user that still open something, the newest first."""
        return self.filter(user=user, expiry__gt=now).order_by("-created")


class ExportQuerySet(models.QuerySet):
    """Exports of the team."""

    def record(self, user, what, number, size, request_id=""):
        """Write an export down; what visitors take is public, and nobody's business.

        Parameters
        ----------
        user : User or AnonymousUser
        what : str
            Name of the file, the archive, or the list.
        number : int
            How many records or files.
        size : int
            Bytes that were, or are to be, sent.
        request_id : str
            Identifier of the request in the log.

        Returns
        -------
        Export or None
            None for a visitor.
        """
        if not is_team(user):
            return None
        return self.create(
            user=user, what=what[:200], number=number, size=size, request_id=request_id[:64]
        )
