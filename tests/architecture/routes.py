"""Every address of the portal as a list, with its arguments filled in."""

import re
from dataclasses import dataclass

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLResolver, get_resolver

ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """One address: its pattern, such as `/data/products/<pk>/`, and its name."""

    pattern: str
    name: str

    @property
    def arguments(self):
        """Names of what has to be filled in."""
        return ARGUMENT.findall(self.pattern)


def every_route(resolver=None, prefix="", namespaces=()):
    """Yield each route of the URL configuration once."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from every_route(entry, path, inner)
        else:
            yield Route(plain(path), ":".join((*namespaces, entry.name or "")))


def plain(path):
    """A pattern without converters and regular expressions.

    The history of a record in the admin has two groups without names.
    """
    for name in ("<object_id>", "<history_id>"):
        path = path.replace("([^/]+)", name, 1)
    simple = simplify_regex(path.replace("^", "")).replace("\\.", ".")
    return ARGUMENT.sub(r"<\1>", simple).removesuffix("?").replace("/?", "/")


def filled(route, values):
    """Addresses of a route, its arguments filled from each set of values that has them all.

    Parameters
    ----------
    route : Route
    values : list of dict
        Argument name to value, one dictionary for each record.
    """
    for record in values:
        if all(name in record for name in route.arguments):
            yield ARGUMENT.sub(lambda match, record=record: str(record[match[1]]), route.pattern)
