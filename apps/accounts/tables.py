"""The tables of one's own account."""

import django_tables2 as tables

from apps.core.tables import NumberColumn, PartColumn, PortalTable, TimeColumn
from apps.core.templatetags.portal import size


class TokenTable(PortalTable):
    """API tokens that still open something."""

    caption = "Tokens"

    name = tables.Column("Name", attrs={"td": {"class": "words"}})
    ending = tables.Column("Token", attrs={"td": {"class": "mono"}})
    created = TimeColumn("Made", style="day", rare=True)
    expiry = TimeColumn("Expires")
    revoke = PartColumn("revoke", "Revoke", accessor="pk", unnamed=True)

    class Meta(PortalTable.Meta):
        orderable = False

    def render_ending(self, record):
        """Its beginning and end: enough to know it by."""
        return f"{record.token_key[:9]}…{record.ending}"


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
