"""The table of data products."""

import django_tables2 as tables

from apps.archive.products import PRODUCTS
from apps.core.tables import NumberColumn, PartColumn, PortalTable, TimeColumn


class ProductTable(PortalTable):
    """Files of the archive, sorted only by what has an index."""

    caption = "Data products"

    select = PartColumn("select", "Select", accessor="pk", orderable=False, unnamed=True)
    number = tables.Column(
        "#",
        accessor="pk",
        orderable=False,
        attrs={"th": {"class": "rare"}, "td": {"class": "hint"}},
    )
    start = TimeColumn("Start", order_by=("start", "id"))
    stop = TimeColumn("Stop", rare=True, orderable=False)
    category = tables.Column(
        "Category", accessor="product_type", orderable=False, attrs={"th": {"class": "rare"}}
    )
    product_type = tables.Column(
        "Type", order_by=("product_type", "start", "id"), attrs={"td": {"class": "words"}}
    )
    level = PartColumn("level", "Level", orderable=False)
    name = tables.Column(
        "File", linkify=True, order_by=("name", "id"), attrs={"td": {"class": "mono wide"}}
    )
    size = NumberColumn("Size", unit="kiB", order_by=("size", "id"))
    created = TimeColumn("Written", style="day", rare=True, order_by=("created", "id"))
    access = PartColumn("marks", "Access", orderable=False)
    download = PartColumn("download", "Download", accessor="pk", orderable=False, unnamed=True)

    class Meta(PortalTable.Meta):
        order_by = ("-start",)

    def render_category(self, value):
        """Heading of the type in the registry."""
        return PRODUCTS[value].category if value in PRODUCTS else "Other"

    def render_product_type(self, value):
        """Plain words for the type, without those of its category."""
        if value not in PRODUCTS:
            return value
        title = PRODUCTS[value].title.removeprefix("Quick-look ")
        return title[0].upper() + title[1:]

    def render_size(self, value):
        """KiB, as the earlier portal listed them."""
        return self.columns["size"].column.render(round(value / 1024))
