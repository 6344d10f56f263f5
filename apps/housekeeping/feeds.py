"""What housekeeping feeds to the search box: parameters, by mnemonic, column or words."""

from django.urls import reverse
from django.utils.http import urlencode

from apps.core.search import Hit
from apps.housekeeping.parameters import parameters

MOST_HITS = 12


def find(text, user):
    """Parameters that a text names: one by its mnemonic or column, or all that hold its words."""
    wanted = text.strip().casefold()
    for parameter in parameters().values():
        if wanted in (parameter.mnemonic.casefold(), parameter.column.casefold()):
            return [_hit(parameter, exact=True)]
    words = wanted.split()
    if not words or max(map(len, words)) < 3:
        return []
    found = [
        parameter
        for parameter in parameters().values()
        if all(word in f"{parameter.title} {parameter.description}".casefold() for word in words)
    ]
    return [_hit(parameter) for parameter in found[:MOST_HITS]]


def _hit(parameter, *, exact=False):
    query = urlencode({"parameters": parameter.mnemonic, "report": parameter.reports[0]})
    return Hit(
        kind="Housekeeping parameter",
        title=parameter.title,
        address=f"{reverse('housekeeping:housekeeping')}?{query}",
        exact=exact,
        note=parameter.description,
    )
