"""The base table: our template, units in the heads, numbers to the right."""

import django_tables2 as tables
from django.core.paginator import Paginator
from django.utils.functional import cached_property

from apps.core.templatetags.portal import number, utc

RIGHT = {"th": {"class": "number"}, "td": {"class": "number"}}


class TimeColumn(tables.Column):
    """An instant in UTC, to the second or the day; a `rare` one is left out on a phone."""

    unit = "UTC"

    def __init__(self, *args, style="second", rare=False, **kwargs):
        super().__init__(*args, attrs={"th": {"class": "rare"}} if rare else {}, **kwargs)
        self.style = style

    def render(self, value):
        """Show a `<time>`."""
        return utc(value, self.style)


class NumberColumn(tables.Column):
    """A number, to the right, with its unit in the head."""

    def __init__(self, *args, unit="", digits=None, **kwargs):
        super().__init__(*args, attrs=RIGHT, **kwargs)
        self.unit, self.digits = unit, digits

    def render(self, value):
        """Show it with thin spaces between thousands."""
        return number(value, self.digits)


class PartColumn(tables.TemplateColumn):
    """A cell drawn by a component; `record` is the row. An `unnamed` head is only read aloud."""

    def __init__(self, part, verbose_name, *, unnamed=False, **kwargs):
        template = f"component/{part}.html"
        super().__init__(template_name=template, verbose_name=verbose_name, **kwargs)
        self.unnamed = unnamed


class CappedPaginator(Paginator):
    """Pages over the first ten thousand rows of a table.

    Neither counting nor leafing reads further, so a list of a million rows is as fast as a short
    one; whoever looks for a later row narrows the filter.
    """

    most = 10_000

    @cached_property
    def _found(self):
        rows = self.object_list.data.data  # the queryset below the rows of a table
        return rows.order_by()[: self.most + 1].count()

    @cached_property
    def count(self):
        """Rows that can be leafed through."""
        return min(self._found, self.most)

    @property
    def is_capped(self):
        """Whether there are more rows than that."""
        return self._found > self.most


class PortalTable(tables.Table):
    """A list of records. Subclasses give columns and a caption."""

    caption = ""

    class Meta:
        template_name = "component/table.html"
        empty_text = ""
