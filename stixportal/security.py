"""The content security policy of every page, and the reason for each exception."""

from csp.constants import NONE, SELF, UNSAFE_INLINE

DIRECTIVES = {
    "default-src": [SELF],
    "script-src": [SELF],
    "connect-src": [SELF],
    "font-src": [SELF],
    "style-src": [SELF],
    "style-src-elem": [SELF, UNSAFE_INLINE],  # Bokeh fills its shadow roots with <style>
    "img-src": [SELF, "data:"],  # Bokeh's tool icons are data addresses
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}


def transport(*, https):
    """Django's settings of the connection, as a dictionary.

    Parameters
    ----------
    https : bool
        Whether everything goes through TLS, which a proxy in front of the portal ends.
    """
    return {
        "SECURE_REFERRER_POLICY": "same-origin",
        "SECURE_SSL_REDIRECT": https,
        "SESSION_COOKIE_SECURE": https,
        "CSRF_COOKIE_SECURE": https,
        "SECURE_HSTS_SECONDS": 31_536_000 if https else 0,
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": https,
        "SECURE_HSTS_PRELOAD": https,
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if https else None,
    }
