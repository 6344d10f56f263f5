"""The base table: our template, units in the heads, numbers to the right."""

import django_tables2 as tables
from django.core.paginator import Paginator
from django.utils.functional import cached_property

from apps.core.templatetags.portal import number, utc

MOST = 10_000
"""Rows that a list counts and leafs through."""

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


class CappedCount(int):
    """A number of rows that is at least so large."""

    def __str__(self):
        return f"{number(int(self))}+"


class CappedPaginator(Paginator):
    """Pages over the first ten thousand rows.

    Neither counting nor leafing reads further, so a list of a million rows is as fast as a short
    one; whoever looks for a later row narrows the filter.
    """

    @property
    def rows(self):
        """The queryset that is leafed through."""
        return self.object_list

    @cached_property
    def count(self):
        """Rows that can be leafed through; a `CappedCount` where there are more."""
        found = self.rows.order_by()[: MOST + 1].count()
        return CappedCount(MOST) if found > MOST else found

    @property
    def is_capped(self):
        """Whether there are more rows than can be leafed through."""
        return isinstance(self.count, CappedCount)


class TablePaginator(CappedPaginator):
    """The same for the rows of a table."""

    @property
    def rows(self):
        """The queryset below the table."""
        return self.object_list.data.data


class PortalTable(tables.Table):
    """A list of records. Subclasses give columns and a caption."""

    caption = ""

    class Meta:
        template_name = "component/table.html"
        empty_text = ""
