"""Publish BokehJS from the installed package, so browser and server have one version."""

from pathlib import Path

import bokeh
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

BUNDLES = ("bokeh.min.js",)


class BokehFinder(BaseFinder):
    """Find `bokeh/<bundle>` and nothing else: the whole folder breaks collectstatic."""

    def __init__(self, app_names=None, *args, **kwargs):
        self.storage = FileSystemStorage(Path(bokeh.__file__).parent / "server" / "static" / "js")
        self.storage.prefix = "bokeh"

    def find(self, path, find_all=False, **kwargs):
        """Return the file behind a static path, or nothing."""
        prefix, _, name = path.partition("/")
        found = [self.storage.path(name)] if prefix == "bokeh" and name in BUNDLES else []
        return found if find_all else (found[0] if found else None)

    def list(self, ignore_patterns):
        """Yield what collectstatic copies."""
        for name in BUNDLES:
            yield name, self.storage
