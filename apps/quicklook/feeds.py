"""What quick look feeds to pages that know no app: the time that was typed into the search box."""

from django.urls import reverse
from django.utils.http import urlencode

from apps.core.search import Hit
from apps.core.timeaxis import TimeRange, iso
from apps.search.phrases import AROUND, read


def find(text, user):
    """The light curves of a time, also where none are stored: the page then says why.

    The digits of a flare id name a minute; whether there is such a flare is not known here, so
    that its time is only offered.
    """
    phrase = read(text)
    if phrase.span:
        return [_hit(phrase.span, exact=True)]
    if phrase.flare:
        around = TimeRange(phrase.flare - AROUND, phrase.flare + AROUND)
        return [_hit(around, exact=False)]
    return []


def _hit(span, *, exact):
    start, stop = (iso(edge, 0).removesuffix("Z") for edge in (span.start, span.stop))
    query = urlencode({"start": start, "stop": stop})
    return Hit(
        kind="Light curves",
        title=f"{start.replace('T', ' ')} to {stop.replace('T', ' ')} UTC",
        address=f"{reverse('quicklook:lightcurves')}?{query}",
        exact=exact,
        note="" if exact else "the time that these digits name as the id of a flare",
    )
