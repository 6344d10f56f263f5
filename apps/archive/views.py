"""Data products: the list, one product, and its file."""

from datetime import timedelta

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from apps.archive import storage
from apps.archive.filters import ProductFilter
from apps.archive.models import DataProduct
from apps.archive.products import PRODUCTS
from apps.archive.tables import ProductTable
from apps.core.templatetags.portal import duration, number, size, utc
from apps.core.timeaxis import TimeRange
from apps.core.views import ListPage, RecordPage

INSTANT = timedelta(seconds=1)

KEPT = "public, max-age=3600"
"""How long others may keep a public file: its content never changes, but a curator may hide it."""


class Products(ListPage):
    """The files of the archive."""

    template_name = "archive/products.html"
    title = "Data products"
    model = DataProduct
    table_class = ProductTable
    filterset_class = ProductFilter

    def get_queryset(self):
        """Rows without what only the page of one product shows."""
        return super().get_queryset().defer("header", "report")

    def nearest(self, query, form):
        """The file nearest in time to a range without any, by the other filters.

        The range leads to it also where the file holds one instant.
        """
        start, stop = form.cleaned_data.get("start"), form.cleaned_data.get("stop")
        for name in ("start", "stop"):
            query.pop(name, None)
        rows = self.filterset_class(query, queryset=self.get_queryset(), request=self.request).qs
        first, last = start or stop, stop or start
        before = rows.filter(stop__lte=first).order_by("-stop").first() if first else None
        after = rows.filter(start__gte=last).order_by("start").first() if last else None
        found = before or after
        if before and after and after.start - last < first - before.stop:
            found = after
        return found and TimeRange(found.start, max(found.stop, found.start + INSTANT))


class Product(RecordPage):
    """One product with its versions."""

    model = DataProduct
    template_name = "archive/product.html"

    def get_context_data(self, **kwargs):
        """Facts, header cards and the other versions of the same product."""
        product = self.object
        versions = self.get_queryset().filter(stem=product.stem, level=product.level)
        kind = PRODUCTS.get(product.product_type)
        return super().get_context_data(
            title=kind.title if kind else product.name,
            dated=kind.dated(product) if kind else product.start,
            kind=kind,
            facts=product_facts(product),
            cards=[(name, value) for name, value in product.header.items() if value is not None],
            versions=list(versions.order_by("-version", "-complete", "-created")),
            span=product,
            **kwargs,
        )


def product_facts(product):
    """What is known of a product, as (label, value, unit)."""
    facts = [
        ("Start", utc(product.start), "UTC at Solar Orbiter"),
        ("Stop", utc(product.stop), "UTC at Solar Orbiter, excluded"),
        ("Length", duration((product.stop - product.start).total_seconds()), ""),
        ("Level", product.level, product.level_note),
        ("Version", product.version_label, "" if product.complete else "telemetry may still come"),
        ("Written", utc(product.created), "UTC"),
        ("Taken in", utc(product.ingested_at), "UTC"),
        ("Size", size(product.size), f"({number(product.size)} bytes)"),
    ]
    if product.uid is not None:
        facts.insert(3, ("Request id", str(product.uid), ""))
    return facts


@require_safe
def download(request, pk, name):
    """The file itself, at an address whose content never changes."""
    product = get_object_or_404(DataProduct.objects.visible_to(request.user), pk=pk, name=name)
    etag = quote_etag(product.sha256)
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    if {etag, f"W/{etag}", "*"} & set(asked):
        response = HttpResponse(status=304)
    else:
        response = _file_response(product)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = KEPT if product.access == "public" else "private"
    return response


def _file_response(product):
    try:
        stream = storage.absolute(product).open("rb")  # closed by the response
    except FileNotFoundError:
        raise Http404(f"{product.name} is missing from the archive") from None
    return FileResponse(
        stream, content_type="application/fits", as_attachment=True, filename=product.name
    )


@require_safe
def latest(request, stem):
    """The best version of a product, at an address that stays."""
    products = DataProduct.objects.visible_to(request.user).filter(stem=stem)
    best = products.order_by("simulated", "superseded", "-version", "-complete", "-created").first()
    if best is None:
        raise Http404(f"no product {stem}")
    return redirect(best.get_download_url())
