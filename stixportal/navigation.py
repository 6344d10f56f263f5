"""The menu as data: one line for each entry; an entry appears when its page exists."""

from dataclasses import dataclass

from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    """One entry of the top bar."""

    label: str
    url_name: str
    audience: str = "public"


@dataclass(frozen=True)
class Link:
    """An entry as a page shows it: where it leads, and whether one is there or below it."""

    label: str
    href: str
    audience: str
    current: bool
    exact: bool


MENU = (
    Entry("Quick look", "quicklook:lightcurves"),
    Entry("Data products", "archive:products"),
    Entry("API", "api:docs"),
    Entry("Admin", "admin:index", audience="team"),
)


def links(path, is_team):
    """The menu of a viewer on the page at `path`."""
    return [
        Link(entry.label, href, entry.audience, path.startswith(href), path == href)
        for entry in MENU
        if is_team or entry.audience == "public"
        for href in [reverse(entry.url_name)]
    ]
