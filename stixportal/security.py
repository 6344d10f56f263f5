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
