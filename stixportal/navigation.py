"""The menu as data: one line for each entry; an entry appears when its page exists."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One entry of the top bar."""

    label: str
    url_name: str
    audience: str = "public"


MENU = (
    Entry("Quick look", "quicklook:lightcurves"),
    Entry("Data products", "archive:products"),
    Entry("Admin", "admin:index", audience="team"),
)
