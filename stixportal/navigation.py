"""The menu as data: one line for each entry; an entry appears when its page exists."""

from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True)
class Entry:
    """One entry of the top bar or the footer; `key` is what follows the key g."""

    label: str
    url_name: str
    audience: str = "public"
    key: str = ""
    arguments: tuple = ()


@dataclass(frozen=True)
class Link:
    """An entry as a page shows it: where it leads, and whether one is there or below it."""

    label: str
    href: str
    audience: str
    key: str
    current: bool = False
    exact: bool = False


MENU = (
    Entry("Quick look", "quicklook:lightcurves", key="q"),
    Entry("Housekeeping", "housekeeping:housekeeping", key="k"),
    Entry("Data products", "archive:products", key="d"),
    Entry("Ancillary", "ancillary:ephemeris", key="o"),
    Entry("Calibration", "calibration:runs", key="l"),
    Entry("News", "pages:news", key="n"),
    Entry("Documentation", "pages:articles", key="m"),
    Entry("Glossary", "pages:glossary", key="e"),
    Entry("API", "api:docs", key="p"),
    Entry("API", "api:api-root", key="p"),
    Entry("Team home", "status:team", "team", key="t"),
    Entry("Jobs", "admin:core_job_changelist", "staff", key="j"),
    Entry("Admin", "admin:index", "staff", key="a"),
)
PORTALS = (Entry("User portal", "home", key="h"), Entry("Instrument team portal", "status:team"))
CONTACT = Entry("Contact", "pages:contact", key="c")
FOOTER = (
    Entry("Status", "status:status", key="s"),
    Entry("Data policy", "pages:article", arguments=("data-policy",)),
    Entry("How to cite", "pages:article", arguments=("how-to-cite",)),
    Entry("Licence", "pages:article", arguments=("licence-and-contact",)),
    Entry("Privacy", "pages:article", arguments=("privacy",)),
    CONTACT,
)


def links(entries, path, audiences):
    """Entries of a viewer on the page at `path`, without those whose page does not exist.

    A viewer belongs to the audiences ``"public"``, ``"team"`` and ``"staff"`` (may use the admin).

    Of two entries with one label the first counts whose page exists. The nearest entry at or above
    the page is the current one; the home page is above none.
    """
    found = {}
    for entry in entries:
        href = address(entry) if entry.audience in audiences else ""
        if href:
            found.setdefault(entry.label, Link(entry.label, href, entry.audience, entry.key))
    above = [
        link.href for link in found.values() if link.href != "/" and path.startswith(link.href)
    ]
    here = max(above, key=len, default=None)
    return [
        replace(link, current=link.href == here, exact=link.href == path) for link in found.values()
    ]


def portals(path, audiences):
    """The two portals; in the team's portal are the pages of the team's entries."""
    team_pages = [address(entry) for entry in MENU if entry.audience != "public"]
    in_team = any(path.startswith(href) for href in team_pages if href)
    shown = links(PORTALS, path, audiences)
    return [replace(link, current=in_team == (link.href != "/")) for link in shown]


def address(entry):
    """Where an entry leads; empty while its page does not exist."""
    try:
        return reverse(entry.url_name, args=entry.arguments)
    except NoReverseMatch:
        return ""
