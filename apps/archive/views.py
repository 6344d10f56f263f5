"""Data products: the list, one product, its file, and addresses of the old portal."""

from contextlib import ExitStack
from datetime import timedelta
from itertools import pairwise

from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db.models import Sum
from django.http import FileResponse, Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header, http_date, quote_etag
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from whitenoise.responders import SlicedFile

from apps.accounts.models import Export
from apps.archive import anatomy, bundle, citation, oldaddresses, ranges, storage
from apps.archive.comparison import changes
from apps.archive.filters import ProductFilter
from apps.archive.models import DataProduct
from apps.archive.products import PRODUCTS
from apps.archive.provenance import checksum_state, provenance
from apps.archive.tables import ProductTable
from apps.core import requestid
from apps.core.api import PROBLEM_TYPE, problem_response
from apps.core.filters import unknown_names
from apps.core.managers import is_team
from apps.core.policy import Access, may_see
from apps.core.registry import facts, related
from apps.core.templatetags.portal import duration, number, size, utc
from apps.core.timeaxis import TimeRange, iso
from apps.core.views import ListPage, OldAddress, RecordPage

INSTANT = timedelta(seconds=1)
COMPARED = 5

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

    def context(self, chosen, table):
        """Whether unchecked files are among those shown; the filters, for the bundle's form."""
        return {
            "most": bundle.MOST_FILES,
            "together": self.together(chosen, table.page),
            "unchecked": any(row.record.level == "L1A" for row in table.paginated_rows),
            "filters": [
                (name, value)
                for name, values in self.request.GET.lists()
                if name in chosen.filters
                for value in values
            ],
        }

    def together(self, chosen, page):
        """Bytes of all files that are listed, as far as one ZIP could hold them."""
        if page.paginator.count > bundle.MOST_FILES:
            return None
        if page.has_other_pages():
            return chosen.qs.order_by().aggregate(together=Sum("size"))["together"]
        return sum(row.record.size for row in page.object_list)

    def nearest(self, query, form):
        """The file nearest in time to a range without any, by the other filters.

        The range leads to it also where the file holds one instant.
        """
        start, stop = form.cleaned_data.get("start"), form.cleaned_data.get("stop")
        for name in ("start", "stop"):
            query.pop(name, None)
        rows = self.filterset_class(query, queryset=self.get_queryset(), request=self.request).qs
        first, last = start or stop, stop or start
        earlier = rows.filter(start__lt=first, stop__lte=first).order_by("-start", "-id")
        later = rows.filter(start__gte=last).order_by("start", "id")
        before, after = start and earlier.first(), stop and later.first()
        found = before or after
        if before and after and after.start - last < first - before.stop:
            found = after
        return found and TimeRange(found.start, max(found.stop, found.start + INSTANT))


class Product(RecordPage):
    """One product: what is in its file, where it comes from, its versions, how to cite it."""

    model = DataProduct
    template_name = "archive/product.html"

    def get_context_data(self, **kwargs):
        """Everything the page shows."""
        product, user = self.object, self.request.user
        versions = self.get_queryset().filter(stem=product.stem, level=product.level)
        versions = list(versions.order_by("-version", "-complete", "-created"))
        kind, inside = PRODUCTS.get(product.product_type), described(product)
        origin = provenance(inside, product) if inside else None
        applied = origin["applied"].items() if origin else ()
        return super().get_context_data(
            title=kind.title if kind else product.name,
            dated=kind.dated(product) if kind else product.start,
            kind=kind,
            facts=product_facts(product) + facts.told("product", product, user, is_team(user)),
            links=related.told("product", product, user, is_team(user)),
            inside=inside,
            origin=origin,
            applied=[(name.replace("_", " ").capitalize(), state) for name, state in applied],
            cards=[(name, value) for name, value in product.header.items() if value is not None],
            sums=checksum_state(inside, product),
            versions=versions,
            steps=version_steps(versions),
            citation=citations(self.request, product),
            span=product,
            **kwargs,
        )


def described(product):
    """The headers of a product's file, read once for all viewers; None if they cannot be read."""
    key = f"anatomy-1-{product.sha256}"
    found = cache.get(key)
    if found is None:
        try:
            found = anatomy.read(storage.absolute(product))
        except (anatomy.FitsFileError, storage.StorageError):
            return None
        cache.set(key, found, timeout=None)
    return found


def version_steps(versions):
    """What changed from each version to the next, the newest few: (version, before, changes)."""
    inside = [(version, described(version)) for version in versions[: COMPARED + 1]]
    return [
        (newer, older, changes(old, new) if old and new else None)
        for (newer, new), (older, old) in pairwise(inside)
    ]


def citations(request, product):
    """The file as text and as BibTeX."""
    kind = PRODUCTS.get(product.product_type)
    address = request.build_absolute_uri(product.get_absolute_url())
    what = (product, kind.title.lower() if kind else "data", address, timezone.now().date())
    return {"text": citation.text(*what), "bibtex": citation.bibtex(*what)}


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
        ("File id", str(product.pk), ""),
    ]
    if product.uid is not None:
        facts.insert(3, ("Request id (UID)", str(product.uid), ""))
    return facts


@require_safe
def record(request, pk):
    """Headers, origin, corrections applied and citation of a product, for programs."""
    product = get_object_or_404(DataProduct.objects.visible_to(request.user), pk=pk)
    inside = described(product)
    return JsonResponse(
        {
            "id": product.pk,
            "name": product.name,
            "sha256": product.sha256,
            "start_utc_solo": iso(product.start),
            "stop_utc_solo": iso(product.stop),
            "provenance": provenance(inside, product) if inside else None,
            "citation": citations(request, product),
            "hdus": inside,
        }
    )


@require_safe
def download(request, pk, name):
    """The file itself, or a range of it, at an address whose content never changes."""
    product = get_object_or_404(DataProduct.objects.visible_to(request.user), pk=pk, name=name)
    etag, changed = quote_etag(product.sha256), int(product.ingested_at.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=changed)
    if response is None:
        response = _content(request, product, etag, http_date(changed))
        if request.method == "GET" and response.streaming and not is_public(product):
            sent = int(response.headers["Content-Length"])
            Export.objects.record(request.user, product.name, 1, sent, requestid.current())
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(changed)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = KEPT if product.access == "public" else "private"
    return response


def is_public(product):
    """Whether everybody may have a file now."""
    rule = {"is_team": False, "is_owner": False, "now": timezone.now()}
    return may_see(Access(product.access), product.release_at, **rule)


def _content(request, product, etag, changed):
    """The whole file, the part that was asked for, or 416."""
    part = None
    if ranges.still_valid(request.headers.get("If-Range", ""), etag, changed):
        try:
            part = ranges.wanted(request.headers.get("Range", ""), product.size)
        except ranges.Unsatisfiable:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{product.size}"})
    if not storage.is_whole(product):
        raise Http404(f"{product.name} is missing from the archive")
    stream = storage.absolute(product).open("rb")  # closed by the response
    kind = {"content_type": "application/fits", "as_attachment": True, "filename": product.name}
    if part is None:
        return FileResponse(stream, **kind)
    response = FileResponse(SlicedFile(stream, *part), status=206, **kind)
    response.headers["Content-Length"] = str(part[1] - part[0] + 1)
    response.headers["Content-Range"] = f"bytes {part[0]}-{part[1]}/{product.size}"
    return response


@require_safe
def latest(request, stem):
    """The best version of a product, at an address that stays."""
    products = DataProduct.objects.visible_to(request.user).filter(stem=stem)
    best = products.order_by("simulated", "superseded", "-version", "-complete", "-created").first()
    if best is None:
        raise Http404(f"no product {stem}")
    return redirect(best.get_download_url())


class OldFileList(OldAddress):
    """The list of files of the old portal, also as `<start>/<span>` behind its address."""

    pattern_name = "archive:products"
    query_string = False

    def get_redirect_url(self, start="", span=""):
        """The page's address with range and ids under today's names."""
        query = self.request.GET.copy()
        given = {name: query.pop(name, [""])[-1] for name in ("start", "span")}
        for old, new in oldaddresses.RENAMED.items():
            if old in query:
                query.setlist(new, query.pop(old))
        start, span = start or given["start"], span or given["span"]
        if start:
            query["start"], stop = oldaddresses.today(start, span, timezone.now())
            if stop:
                query["stop"] = stop
        parameters = query.urlencode(safe=":")
        return super().get_redirect_url() + (f"?{parameters}" if parameters else "")


@method_decorator(csrf_exempt, name="dispatch")  # it only reads; POST is for long lists of ids
class Bundle(View):
    """Files as one ZIP: those the filters of the list leave, or the rows that are picked.

    HEAD tells the length.
    """

    http_method_names = ("get", "head", "post")

    def get(self, request):
        """Send the ZIP, or say why there is none."""
        try:
            given = request.POST.copy() if request.method == "POST" else request.GET.copy()
        except (TooManyFieldsSent, RequestDataTooBig):
            return self.refuse(413, "Too many rows", bundle.TOO_MANY_ROWS)
        picked = given.pop("pick", [])
        if given.pop("rows", ["all"])[-1] == "selected":
            if not picked:
                back = given.urlencode()
                return self.refuse(400, "No rows are selected", bundle.NO_ROWS, back=back)
            given.setlist("id", picked)
        chosen, faults = selection(request, given)
        if faults:
            return self.refuse(
                400, "The selection cannot be read", " ".join(faults.values()), faults
            )
        items = [item_of(request, product) for product in chosen[: bundle.MOST_FILES + 1]]
        if not items:
            return self.refuse(404, "No file fits", bundle.NO_FILE, back=given.urlencode())
        if bundle.exceeds(items):
            return self.refuse(
                400, "Too much for one ZIP", bundle.TOO_MUCH, query=given.urlencode()
            )
        return self.send(bundle.settled(items, storage.is_whole))

    head = post = get

    def send(self, items):
        """Stream the ZIP of some files."""
        archive = bundle.packed(items, storage.chunks)
        name = f"stix_{len(items)}_files.zip"
        headers = {
            "Content-Length": str(len(archive)),
            "Content-Disposition": content_disposition_header(True, name),
            "Cache-Control": "private, no-store",
        }
        kind = {"content_type": "application/zip", "headers": headers}
        if self.request.method == "HEAD":
            return HttpResponse(**kind)
        if not bundle.SLOTS.acquire(blocking=False):
            response = self.refuse(429, "Two other ZIPs are being sent", bundle.BUSY)
            response.headers["Retry-After"] = "30"
            return response
        with ExitStack() as failing:
            stream = bundle.Stream(archive)
            failing.callback(stream.close)
            if not all(is_public(item.product) for item in items):
                Export.objects.record(
                    self.request.user, name, len(items), len(archive), requestid.current()
                )
            failing.pop_all()
        return StreamingHttpResponse(stream, **kind)

    def refuse(self, status, title, detail, faults=(), **context):
        """Say why there is no ZIP: to a browser as a page, to a program as problem+json."""
        kinds = [PROBLEM_TYPE, "text/html"]
        if self.request.get_preferred_type(kinds) != "text/html":
            return problem_response(status, title, detail, dict(faults).items())
        context |= {"title": title, "detail": detail, "most": bundle.MOST_FILES}
        return render(self.request, "archive/bundle.html", context, status=status)


def selection(request, given):
    """Products that filters choose, oldest first; or what is wrong with the filters."""
    rows = DataProduct.objects.visible_to(request.user).defer("header", "report")
    chosen = ProductFilter(given, queryset=rows, request=request)
    faults = unknown_names(given, chosen.filters)
    if not faults and not chosen.is_valid():
        faults = {name: " ".join(texts) for name, texts in chosen.form.errors.items()}
    return (None, faults) if faults else (chosen.qs.order_by("start", "id"), {})


def item_of(request, product):
    """A product as a bundle lists it."""
    return bundle.Item(
        name=bundle.plain(product.name),
        sha256=product.sha256,
        size=product.size,
        level=product.level,
        version=product.version_label,
        address=request.build_absolute_uri(product.get_download_url()),
        product=product,
        note="" if is_public(product) else bundle.HIDDEN,
    )


@require_safe
def listing(request, form):
    """Any number of chosen files as a manifest (CSV), or as a script that fetches them."""
    chosen, faults = selection(request, request.GET)
    if faults:
        detail = " ".join(faults.values())
        return problem_response(400, "The selection cannot be read", detail, faults.items())
    items = (item_of(request, product) for product in chosen.iterator(chunk_size=2000))
    if form == "csv":
        lines, kind, name = bundle.manifest(items), "text/csv", bundle.MANIFEST
    else:
        made = f"Made {iso(timezone.now())} by {request.get_host()}"
        lines, kind, name = bundle.script(items, made), "text/x-shellscript", "download.sh"
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return StreamingHttpResponse(lines, content_type=f"{kind}; charset=utf-8", headers=headers)
