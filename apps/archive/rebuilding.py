"""How the days of a series are made of the archived files, whichever order those came in.

The rows it reads and writes are handed in: it knows their vocabulary, not the database.
"""

from apps.archive import blocks
from apps.archive.series import (
    Piece,
    check_table,
    energy_table,
    fingerprint,
    merge,
    standing,
)
from apps.core.policy import strictest
from apps.core.timeaxis import DAY_MS, TimeRange, from_ms, to_ms


class Rebuilding:
    """One rebuilding of days: which files rule, what they hold, what is written.

    Parameters
    ----------
    series : Series
    reader : SeriesReader
    open_file : callable
        ``open_file(product)`` is a context manager giving what ``reader.read`` takes.
    products : DataProductQuerySet
        Where the files of the series are looked up.
    days : list of int
        UTC days since 1970, ascending.
    """

    def __init__(self, series, reader, open_file, products, days):
        self.series = series
        self.reader = reader
        self.open_file = open_file
        self.form = [blocks.CODEC, series.cadence_ms, series.columns, series.levels]
        self.stored, self.files, self.tables = {}, [], {}
        if not days:
            return
        edges = TimeRange.from_ms(days[0] * DAY_MS, (days[-1] + 1) * DAY_MS)
        stored = series.blocks.filter(level=0).overlapping(edges)
        self.stored = dict(stored.values_list("day", "inputs"))
        active = products.filter(product_type=reader.key).latest().overlapping(edges)
        self.files = sorted(active.defer("header", "report"), key=standing)

    def rebuild(self, day):
        """Make the blocks of a day anew if its files changed; returns whether they did."""
        start, stop = from_ms(day * DAY_MS), from_ms((day + 1) * DAY_MS)
        files = [file for file in self.files if file.start < stop and file.stop > start]
        inputs = fingerprint(self.form, files)
        if self.stored.get(day) == inputs:
            return False
        # A file is read once for the neighbouring days it reaches into, and then let go.
        self.tables = {file.pk: self.tables.get(file.pk) for file in files}
        rows, sources = self._merged(files, day)
        if not sources:
            deleted, _ = self.series.blocks.filter(day=day).delete()
            return deleted > 0
        self._write(day, inputs, rows, sources)
        return True

    def _merged(self, files, day):
        """The rows of a day and the files that have samples in it, real before simulated."""
        for simulated in (False, True):
            chosen = [file for file in files if file.simulated == simulated]
            pieces = [self._piece(file) for file in chosen]
            rows, sources = merge(pieces, self.reader.columns, day)
            if sources:
                break
        return rows, [chosen[position] for position in sources]

    def _piece(self, file):
        table = self.tables[file.pk]
        if table is None:
            with self.open_file(file) as stix_file:
                table = self.reader.read(stix_file)
                check_table(table, self.reader.columns)
            self.tables[file.pk] = table
        return Piece(table, to_ms(file.start), to_ms(file.stop))

    def _write(self, day, inputs, rows, sources):
        tables = [energy_table(self.tables[file.pk].bins) for file in sources]
        table = next((table for table in reversed(tables) if table is not None), None)
        access, release_at = strictest((file.access, file.release_at) for file in sources)
        columns, model = self.reader.columns, self.series.blocks.model
        written = []
        for level in self.series.levels:
            level_rows = blocks.rebucket(rows, columns, level * 1000) if level else rows
            block = model(
                series=self.series,
                level=level,
                day=day,
                n=len(level_rows.time),
                t0_ms=int(level_rows.time[0]),
                t1_ms=int(level_rows.time[-1]),
                codec=blocks.CODEC,
                bins=self._table_index(table),
                simulated=sources[0].simulated,
                inputs=inputs,
                access=access,
                release_at=release_at,
                data=blocks.encode(level_rows, columns, level),
            )
            written.append(block)
        key = ["series", "level", "day"]
        fields = [f.name for f in model._meta.concrete_fields if f.name not in ("id", *key)]
        self.series.blocks.bulk_create(
            written, update_conflicts=True, unique_fields=key, update_fields=fields
        )

    def _table_index(self, table):
        """Where the series keeps an energy table; a new one is added under a lock of the row."""
        if table is None:
            return None
        if table not in self.series.bins:
            locked = type(self.series).objects.select_for_update().get(pk=self.series.pk)
            if table not in locked.bins:
                locked.bins.append(table)
                locked.save(update_fields=["bins"])
            self.series.bins = locked.bins
        return self.series.bins.index(table)
