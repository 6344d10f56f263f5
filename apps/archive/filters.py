"""One FilterSet for the list of data products and its twins, and filters of the admin."""

import re
from datetime import datetime, timedelta

import django_filters
from django.contrib import admin
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from apps.archive.filenames import time_in
from apps.archive.models import DataProduct
from apps.archive.products import PRODUCTS
from apps.archive.producttype import LEVELS
from apps.core.filters import InstantFilter, IntegerFilter, NumbersFilter, TimeRangeFilterSet
from apps.core.policy import Access

VERSIONS = (("latest", "Latest only"), ("superseded", "Superseded only"), ("all", "All versions"))
ORIGINS = (("", "Any"), ("real", "Instrument"), ("simulated", "Simulated"))

FEW = 50_000
"""So many keys are found and sorted in the time that a page may take."""

SEARCHED = 100_000
"""So many names are read for a part of a name, the newest of the types and times asked for."""

NEAR = timedelta(days=2)
"""A name carries the date of its start, or of its middle where it is a day."""

IN_NAMES = (
    "Part of the file name, capitals or not. A day in it (`20220328`), or at its end a month or a "
    "year (`_202203`), is that of the data; a whole product type (`ql-lightcurve`) is the type. "
    f"Where more than {SEARCHED} files remain, only the newest of them are searched, and the "
    "answer says since when: `searched_since_utc`."
)


def type_choices():
    """Product types under their categories, each category first as a whole."""
    groups = {}
    for product in PRODUCTS.values():
        family = product.key.partition("-")[0]
        groups.setdefault(product.category, {})[family] = f"All {product.category.lower()} types"
    for product in PRODUCTS.values():
        groups[product.category][product.key] = product.title
    return [("", "All types"), *((name, list(kinds.items())) for name, kinds in groups.items())]


def category_choices():
    """Headings of the registry."""
    return [(slugify(name), name) for name in dict.fromkeys(p.category for p in PRODUCTS.values())]


def types_of(kind="", category=""):
    """Keys of the product types of a type or family of types, and of a category."""
    return [
        product.key
        for product in PRODUCTS.values()
        if (not kind or product.key == kind or product.key.partition("-")[0] == kind)
        and (not category or slugify(product.category) == category)
    ]


def types_in(text):
    """Keys of the product types that a part of a file name can belong to; empty: it names none.

    >>> types_in("stix-cal-energy_2022")
    ['cal-energy', 'cal-energy-fit']
    """
    words = text.lower()
    found = max((key for key in PRODUCTS if key in words), key=len, default="")
    return [key for key in PRODUCTS if found in key] if found else []


class ProductFilter(TimeRangeFilterSet):
    """Products by time, type, level, name, ids, raw telemetry file, version state and origin."""

    type = django_filters.ChoiceFilter(
        label="Type",
        method="by_keys",
        choices=lambda: type_choices()[1:],
        empty_label="All types",
    )
    level = django_filters.ChoiceFilter(
        label="Level", choices=[(level, level) for level in LEVELS], empty_label="All levels"
    )
    name = django_filters.CharFilter(label="Name contains", method="named", max_length=200)
    category = django_filters.ChoiceFilter(
        label="Category", method="by_keys", choices=category_choices, empty_label="All categories"
    )
    uid = IntegerFilter("uid", label="Request id (UID)", min_value=0, max_value=2**63 - 1)
    id = NumbersFilter("id", label="File id")
    raw = django_filters.CharFilter(label="Raw file contains", method="made_from", max_length=200)
    versions = django_filters.ChoiceFilter(
        label="Versions", method="in_state", choices=VERSIONS, empty_label=None
    )
    origin = django_filters.ChoiceFilter(
        label="Origin", method="of_origin", choices=ORIGINS[1:], empty_label="Any"
    )
    updated_after = InstantFilter(
        label="Changed after (UTC)", method="changed_after", name="updated_after"
    )

    searched_since = None
    """Start of the oldest row whose name was searched; None where all were."""

    rare = ("category", "uid", "id", "raw", "versions", "origin", "updated_after")

    class Meta(TimeRangeFilterSet.Meta):
        model = DataProduct
        fields = ()

    def filter_queryset(self, queryset):
        """Filter; without a choice only the latest versions are listed, ids aside."""
        chosen = self.form.cleaned_data
        kinds = []
        if chosen.get("type") or chosen.get("category"):
            kinds = types_of(chosen.get("type"), chosen.get("category"))
            queryset = queryset.filter(product_type__in=kinds)
        if chosen.get("start"):
            queryset = queryset.ending_after(chosen["start"], kinds)
        if not chosen.get("versions") and not chosen.get("id"):
            queryset = queryset.latest()
        return super().filter_queryset(queryset)

    def changed_after(self, queryset, name, value: datetime):
        """Rows that changed since then, or whose embargo ended since: what a mirror lacks.

        A few are looked up first, by their own indexes: a database that walks the list in its
        order to find them would read all of it. Many are met on the walk.
        """
        changed = Q(updated_at__gt=value)
        released = Q(release_at__gt=value, release_at__lte=timezone.now())
        keys = DataProduct.objects.order_by().values("pk")
        if keys.filter(changed)[: FEW + 1].count() > FEW:
            return queryset.filter(changed | released)
        return queryset.filter(pk__in=keys.filter(changed).union(keys.filter(released)))

    def by_keys(self, queryset, name, value: str):
        """As they are: `filter_queryset` looks the keys of type and category up together."""
        return queryset

    def named(self, queryset, name, value):
        """Rows whose file name contains the text.

        No index answers that, so it is asked of few rows: those of the type and time that the
        text names, and of these the newest.
        """
        kinds, span = types_in(value), time_in(value)
        if kinds:
            queryset = queryset.filter(product_type__in=kinds)
        if span:
            queryset = queryset.ending_after(span.start - NEAR, kinds)
            queryset = queryset.filter(start__lt=span.stop + NEAR)
        self.searched_since = self._border(kinds, span)
        if self.searched_since:
            queryset = queryset.filter(start__gte=self.searched_since)
        return queryset.filter(name__icontains=value)

    def _border(self, kinds, span):
        """Start of the last row that is searched for a part of a name; None if all are."""
        chosen = self.form.cleaned_data
        if any(chosen.get(few) for few in ("id", "uid", "raw")):
            return None
        chosen_kinds = types_of(chosen.get("type"), chosen.get("category"))
        if len(chosen_kinds) < len(PRODUCTS):
            kinds = [kind for kind in kinds or chosen_kinds if kind in chosen_kinds]
        rows = DataProduct.objects.order_by("-start")
        if len(kinds) == 1:  # the index of several types is not in the order of time
            rows = rows.filter(product_type=kinds[0])
        stops = [*([span.stop + NEAR] if span else []), *filter(None, [chosen.get("stop")])]
        if stops:
            rows = rows.filter(start__lt=min(stops))
        starts = [*([span.start - NEAR] if span else []), *filter(None, [chosen.get("start")])]
        border = rows.values_list("start", flat=True)[SEARCHED : SEARCHED + 1].first()
        return border if border and not (starts and border < max(starts)) else None

    def made_from(self, queryset, name, value):
        """Rows made from a raw telemetry file whose name contains the text."""
        return queryset.made_from(value)

    def in_state(self, queryset, name, value):
        """Rows of the latest versions, of those that were replaced, or all."""
        return queryset if value == "all" else queryset.filter(superseded=value == "superseded")

    def of_origin(self, queryset, name, value):
        """Rows from the instrument, or from the simulator."""
        return queryset.filter(simulated=value == "simulated")


SOON = timedelta(days=14)
"""Embargoes that end within this time wait for review."""


VERSION = re.compile(r"(_V\d+U?(?:\.fits)?)$")
"""How a whole file name goes on behind the stem."""


def beginning(column, text):
    """Rows whose text begins so, as an index answers it in each database."""
    if connection.vendor == "sqlite":  # its LIKE takes no notice of an index in byte order
        return Q(**{f"{column}__gte": text, f"{column}__lt": text + chr(0x10FFFF)})
    return Q(**{f"{column}__startswith": text})


class KnownValueFilter(admin.SimpleListFilter):
    """Values of a column that the code knows, so that no list has to be made from the rows."""

    def queryset(self, request, queryset):
        """Rows with exactly this value."""
        value = self.value()
        return queryset if value is None else queryset.filter(**{self.parameter_name: value})


class TypeFilter(KnownValueFilter):
    """Product types by their titles."""

    title = "product type"
    parameter_name = "product_type"

    def lookups(self, request, model_admin):
        """All types of the registry."""
        return [(product.key, product.title) for product in PRODUCTS.values()]


class LevelFilter(KnownValueFilter):
    """Processing levels."""

    title = parameter_name = "level"

    def lookups(self, request, model_admin):
        """All levels."""
        return [(level, level) for level in LEVELS]


class ReviewFilter(admin.SimpleListFilter):
    """Files that a curator should look at."""

    title = "waiting for review"
    parameter_name = "review"

    def lookups(self, request, model_admin):
        """The one question that files raise today."""
        return [("embargo", f"Embargo ends within {SOON.days} days")]

    def queryset(self, request, queryset):
        """Embargoes that end soon."""
        return ending_soon(queryset) if self.value() == "embargo" else queryset


def ending_soon(products):
    """Products whose embargo ends soon."""
    now = timezone.now()
    return products.filter(access=Access.EMBARGOED, release_at__range=(now, now + SOON))
