"""The vocabulary of accounts: what is written down of an export."""

from django.db import models

from apps.core.managers import is_team


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
