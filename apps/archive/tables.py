"""The table of data products."""

import django_tables2 as tables

from apps.archive.products import PRODUCTS
from apps.core.tables import NumberColumn, PartColumn, PortalTable, TimeColumn


class ProductTable(PortalTable):
    """Files of the archive."""

    caption = "Data products"

    start = TimeColumn("Start")
    stop = TimeColumn("Stop")
    category = tables.Column("Category", accessor="product_type", orderable=False)
    product_type = tables.Column("Type", attrs={"td": {"class": "words"}})
    level = PartColumn("level", "Level")
    name = tables.Column("File", linkify=True, attrs={"td": {"class": "mono wide"}})
    size = NumberColumn("Size", unit="kiB")
    created = TimeColumn("Written", style="day")
    access = PartColumn("marks", "Access")
    download = PartColumn("download", "Download", accessor="pk", orderable=False, unnamed=True)

    class Meta(PortalTable.Meta):
        order_by = ("-start",)

    def render_category(self, value):
        """Heading of the type in the registry."""
        return PRODUCTS[value].category if value in PRODUCTS else "Other"

    def render_product_type(self, value):
        """Plain words for the type."""
        return PRODUCTS[value].title if value in PRODUCTS else value

    def render_size(self, value):
        """KiB, as the earlier portal listed them."""
        return self.columns["size"].column.render(round(value / 1024))
