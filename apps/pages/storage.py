"""Where pictures lie: below the data folder, out of reach of the web server."""

from django.conf import settings
from django.core.files.storage import FileSystemStorage


class PictureStorage(FileSystemStorage):
    """Files of pictures. They have no address of their own; a view serves those one may see."""

    base_url = None

    @property
    def base_location(self):
        """The folder, as the settings name it now."""
        return settings.DATA_DIR / "pictures"

    @property
    def location(self):
        """The same, as the parent class asks for it."""
        return str(self.base_location)
