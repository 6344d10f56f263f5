"""Who asks: the client's address, and the owner of a token where files are fetched."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.cache import patch_cache_control, patch_vary_headers
from rest_framework.exceptions import AuthenticationFailed

from apps.accounts.addresses import client_address, networks
from apps.accounts.api import TokenAuthentication
from apps.core.api import problem


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


class TokenDownloads:
    """Let programs fetch files with `Authorization: Token …`, as they ask the interface.

    The token decides who asks, also beside a session. No form is exempted from its check by one:
    addresses of files only read. What an answer holds depends on the token, so none of them stays
    in a cache that others share.
    """

    FILES = "/data/"

    def __init__(self, get_response):
        self.get_response = get_response
        self.tokens = TokenAuthentication()

    def __call__(self, request):
        """Hand the request on as its owner's, or say what is wrong with the token."""
        if not (request.path_info.startswith(self.FILES) and "Authorization" in request.headers):
            return self.get_response(request)
        try:
            found = self.tokens.authenticate(request)
        except AuthenticationFailed as error:
            error.auth_header = self.tokens.authenticate_header(request)
            response = problem(error, {})
        else:
            if found:
                request.user = request._cached_user = found[0]  # the log asks for the second
            response = self.get_response(request)
        patch_cache_control(response, private=True)
        patch_vary_headers(response, ["Authorization"])
        return response
