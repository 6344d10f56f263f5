"""One FilterSet for the list of data products and for its REST twin."""

from datetime import datetime

import django_filters
from django.db.models import Q
from django.utils import timezone

from apps.archive.models import DataProduct
from apps.archive.products import PRODUCTS
from apps.archive.producttype import LEVELS
from apps.core.filters import InstantFilter, IntegerFilter, TimeRangeFilterSet

VERSIONS = (("latest", "Latest only"), ("all", "All versions"))
ORIGINS = (("", "Any"), ("real", "Instrument"), ("simulated", "Simulated"))

FEW = 50_000
"""So many keys are found and sorted in the time that a page may take."""


def type_choices():
    """Product types under their categories, each category first as a whole."""
    groups = {}
    for product in PRODUCTS.values():
        family = product.key.partition("-")[0]
        groups.setdefault(product.category, {})[family] = f"All {product.category.lower()} types"
    for product in PRODUCTS.values():
        groups[product.category][product.key] = product.title
    return [("", "All types"), *((name, list(kinds.items())) for name, kinds in groups.items())]


class ProductFilter(TimeRangeFilterSet):
    """Products by time, type, level, name, unique id, version state and origin."""

    type = django_filters.ChoiceFilter(
        label="Type",
        method="of_type",
        choices=lambda: type_choices()[1:],
        empty_label="All types",
    )
    level = django_filters.ChoiceFilter(
        label="Level", choices=[(level, level) for level in LEVELS], empty_label="All levels"
    )
    name = django_filters.CharFilter(label="Name contains", method="named", max_length=200)
    uid = IntegerFilter("uid", label="Request id", min_value=0, max_value=2**63 - 1)
    versions = django_filters.ChoiceFilter(
        label="Versions", method="in_state", choices=VERSIONS, empty_label=None
    )
    origin = django_filters.ChoiceFilter(
        label="Origin", method="of_origin", choices=ORIGINS[1:], empty_label="Any"
    )
    updated_after = InstantFilter(
        label="Changed after (UTC)", method="changed_after", name="updated_after"
    )

    rare = ("uid", "versions", "origin", "updated_after")

    class Meta(TimeRangeFilterSet.Meta):
        model = DataProduct
        fields = ()

    def filter_queryset(self, queryset):
        """Filter; without a choice only the latest versions are listed."""
        if not self.form.cleaned_data.get("versions"):
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

    def of_type(self, queryset, name, value: str):
        """Rows of one type, or of a family of types."""
        return queryset.filter(Q(product_type=value) | Q(product_type__startswith=f"{value}-"))

    def named(self, queryset, name, value):
        """Rows whose file name contains the text."""
        return queryset.filter(name__icontains=value)

    def in_state(self, queryset, name, value):
        """Rows of the latest versions, or all."""
        return queryset.latest() if value == "latest" else queryset

    def of_origin(self, queryset, name, value):
        """Rows from the instrument, or from the simulator."""
        return queryset.filter(simulated=value == "simulated")
