"""Tokens at the REST interface, and how often one may ask for a new password."""

import hashlib
import re

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox import auth
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.throttling import SimpleRateThrottle

from apps.accounts.addresses import one_client

TOKEN = re.compile(rb"[A-Za-z0-9_]{1,200}")


class TokenAuthentication(auth.TokenAuthentication):
    """`Authorization: Token …`; what cannot be a token is refused before a database sees it."""

    def authenticate_credentials(self, token):
        """Find the user of a token, or say what to do about it."""
        if not TOKEN.fullmatch(token):
            raise AuthenticationFailed(
                "This is no token of the portal: one has only letters, digits and underscores."
            )
        try:
            return super().authenticate_credentials(token)
        except AuthenticationFailed as error:
            raise AuthenticationFailed(
                "This token is unknown, revoked or expired. Make another on /accounts/tokens/, "
                "or leave the header out: public data need none."
            ) from error


class TokenScheme(KnoxTokenScheme):
    """How the schema describes such a token."""

    target_class = "apps.accounts.api.TokenAuthentication"


class ResetsOfClient(SimpleRateThrottle):
    """New passwords that one client may ask for, for whatever addresses."""

    rate = "20/hour"

    def get_cache_key(self, request, view=None):
        """Count by the client's address."""
        return f"resets-of-client-{one_client(request)}"


class ResetsOfAddress(SimpleRateThrottle):
    """Mails about a new password that go to one address, whoever asks."""

    rate = "4/hour"

    def get_cache_key(self, request, view=None):
        """Count by the address; `view` is what was typed."""
        return "resets-of-address-" + hashlib.sha256(view.strip().lower().encode()).hexdigest()
