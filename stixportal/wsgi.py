"""The web server's entry."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stixportal.settings")

application = get_wsgi_application()

# What is loaded now stays loaded: without this, a full collection in the middle of an answer looks
# through all of it, for 90 ms.
gc.freeze()
