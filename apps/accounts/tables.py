"""The tables of one's own account."""

import django_tables2 as tables

from apps.core.tables import NumberColumn, PartColumn, PortalTable, TimeColumn
from apps.core.templatetags.portal import size


class TokenTable(PortalTable):
    """API tokens that still open something."""

    caption = "Tokens"

    name = tables.Column("Name", attrs={"td": {"class": "words"}})
    ending = tables.Column("Ends in", attrs={"td": {"class": "mono"}})
    expiry = TimeColumn("Expires", style="day")
    revoke = PartColumn("revoke", "Revoke", accessor="pk", unnamed=True)
    created = TimeColumn("Made", style="day")

    class Meta(PortalTable.Meta):
        orderable = False


class ExportTable(PortalTable):
    """What one has exported."""

    caption = "Recent exports"

    at = TimeColumn("When")
    what = tables.Column("What", attrs={"td": {"class": "words"}})
    number = NumberColumn("Records or files")
    size = tables.Column("Size", attrs={"th": {"class": "number"}, "td": {"class": "number"}})

    class Meta(PortalTable.Meta):
        orderable = False

    def render_size(self, value):
        """With its unit, which differs from row to row."""
        return size(value)
