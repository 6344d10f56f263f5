"""Where requests come from: one answer for the sign-in, the rate limits and the log."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from apps.accounts.addresses import client_address, networks


class ClientAddress:
    """Put the client's own address into `REMOTE_ADDR`, and drop what others claim about it.

    Without `TRUSTED_PROXIES` it is the address of the connection. Nobody behind this line sees
    `X-Forwarded-For` any more, so nobody can be deceived by it.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        try:
            self.trusted = networks(settings.TRUSTED_PROXIES)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"TRUSTED_PROXIES: {error}; expected are addresses such as 127.0.0.1 or networks "
                "such as 10.0.0.0/8, separated by commas. Mend it in .env and start again."
            ) from error

    def __call__(self, request):
        """Hand the request on with one address."""
        meta = request.META
        forwarded = meta.pop("HTTP_X_FORWARDED_FOR", "")
        meta["REMOTE_ADDR"] = client_address(meta.get("REMOTE_ADDR", ""), forwarded, self.trusted)
        return self.get_response(request)
