"""What quick look feeds to pages that know no app: times typed into the search box, and links."""

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
    return Hit(
        kind="Light curves",
        title=f"{start.replace('T', ' ')} to {stop.replace('T', ' ')} UTC",
        address=_address(span),
        exact=exact,
        note="" if exact else "the time that these digits name as the id of a flare",
    )


def links(span, user):
    """The light curves of a range, for other pages: [(title, address)]."""
    return [("Quick-look light curves", _address(span))]


def _address(span):
    start, stop = (iso(edge, 0).removesuffix("Z") for edge in (span.start, span.stop))
    return f"{reverse('quicklook:lightcurves')}?{urlencode({'start': start, 'stop': stop})}"
