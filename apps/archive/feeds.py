"""What the archive feeds to pages that know no app: answers to the search box."""

import re
from datetime import timedelta

from django.urls import reverse
from django.utils.http import urlencode

from apps.archive.filenames import parse
from apps.archive.models import DataProduct
from apps.archive.products import PRODUCTS
from apps.core.search import Hit
from apps.core.timeaxis import iso
from apps.search.phrases import read, time_of

MOST = 10
"""Files named on the page of answers; the list of products has the others."""

DATE = re.compile(r"(?<!\d)20\d{6}(?!\d)")
DAYS = timedelta(days=2)
"""A name carries the date of its start, or of its middle where it is a day."""

ROWS = 2**63
"""First number that no database keeps as the key of a row."""


def find(text, user):
    """Files by name, stem, unique id and entry number, and product types by their words.

    Parameters
    ----------
    text : str
    user : User

    Returns
    -------
    list of Hit
    """
    phrase = read(text)
    products = DataProduct.objects.visible_to(user).defer("header", "report")
    hits = _types(phrase)
    if phrase.entry is not None and phrase.entry < ROWS:
        hits += [_hit(product, exact=True) for product in products.filter(pk=phrase.entry)]
    if phrase.uid is not None:
        hits += _of_request(products.filter(uid=phrase.uid), phrase.uid)
    if phrase.file:
        hits += _named(products, phrase.file)
    return hits


def _hit(product, *, exact=False):
    simulated = ", simulated" if product.simulated else ""
    return Hit(
        kind="Data product",
        title=product.name,
        address=product.get_absolute_url(),
        exact=exact,
        note=f"entry {product.pk}, {iso(product.start, 0)} at Solar Orbiter{simulated}",
    )


def _of_request(products, uid):
    """The file of a request, or the list of all its files: one address that is gone to."""
    found = list(products.order_by("-start")[:2])
    if len(found) < 2:
        return [_hit(product, exact=True) for product in found]
    address = f"{reverse('archive:products')}?{urlencode({'uid': uid, 'versions': 'all'})}"
    return [Hit("Science request", f"All files of request {uid}", address, exact=True)]


def _named(products, text):
    """Files of this very name or stem (its latest version); else those whose name holds it.

    Names are found by their stems, which have an index; a date in a part of a name, too, keeps the
    search short.
    """
    parsed = parse(text)
    same = products.filter(stem=parsed.stem if parsed else text.removesuffix(".fits"))
    named = list(same.filter(name=text)[:MOST])
    if not named and (parsed is None or parsed.version is None):
        named = list(same.latest()[:MOST])
    if named:
        return [_hit(product, exact=True) for product in named]
    date = DATE.search(text)
    day = time_of(date[0]) if date else None
    if day:
        products = products.filter(start__gte=day.start - DAYS, start__lt=day.stop + DAYS)
    found = list(products.latest().filter(name__icontains=text)[: MOST + 1])
    hits = [_hit(product, exact=product.name == text) for product in found[:MOST]]
    if len(found) > MOST:
        address = f"{reverse('archive:products')}?{urlencode({'name': text})}"
        hits.append(Hit("Data product", "All files whose name holds this", address))
    return hits


def _types(phrase):
    """Product types whose words hold the phrase: their files as a list."""
    words = phrase.text.lower()
    if len(words) < 3 or phrase.span:
        return []
    return [
        Hit(
            kind="Product type",
            title=kind.title,
            address=f"{reverse('archive:products')}?{urlencode({'type': kind.key})}",
            note=kind.description,
        )
        for kind in PRODUCTS.values()
        if any(words in name.lower() for name in (kind.key, kind.title, *kind.synonyms))
    ]
