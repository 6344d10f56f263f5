"""Writing the store: the same files give the same rows, whatever the order."""

import random
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread

import numpy as np
import pytest
from django.db import connection, transaction

from apps.archive.models import DataProduct, Series, SeriesBlock
from apps.archive.series import Column
from apps.core.timeaxis import DAY_MS
from tests.archive.stored import (
    BANDS,
    COLUMNS,
    DAY,
    KEY,
    Archive,
    a_reader,
    a_table,
    snapshot,
)

pytestmark = [pytest.mark.db, pytest.mark.django_db]
HOUR = 3_600_000
OTHER_BANDS = [[4.0, 11.0], [11.0, 15.0], [15.0, float("inf")]]


def in_year(year):
    return datetime(year, 1, 1, tzinfo=UTC)


def a_stretch(day, hour, hours, cadence_ms=7_000, **facts):
    """A table from an hour of a day on."""
    start = (DAY + day) * DAY_MS + int(hour * HOUR)
    time = np.arange(start, start + int(hours * HOUR), cadence_ms) + cadence_ms // 2
    return a_table(time, **facts)


def a_collection():
    """Files with every reason to disagree: (table, facts) pairs."""
    late = {"release_at": datetime(2030, 1, 1, tzinfo=UTC), "access": "embargoed"}
    files = [
        (a_stretch(0, 2, 3, seed=1), {"stem": "a"}),
        (a_stretch(0, 2, 4, seed=2), {"stem": "a", "version": 2, "complete": False}),
        (a_stretch(0, 3, 2, seed=3), {"stem": "a", "version": 2, "created": in_year(2025)}),
        (a_stretch(0, 4, 22, seed=4), {"stem": "b", "created": in_year(2025)}),
        (a_stretch(0, 4, 22, seed=5, bins=OTHER_BANDS), {"stem": "c", "created": in_year(2025)}),
        (a_stretch(0, 1, 30, seed=6), {"stem": "d", "level": "LL", "created": in_year(2026)}),
        (a_stretch(1, 3, 2, seed=7), {"stem": "e", "level": "L1A", **late}),
        (a_stretch(1, 4, 2, seed=8), {"stem": "f", "level": "L2", "created": in_year(2023)}),
        (a_stretch(2, 0, 2, seed=9), {"stem": "g", "access": "team"}),
        (a_stretch(2, 0, 2, seed=9, bins=None), {"stem": "h", "level": "L1A"}),
        (a_stretch(1, 22, 30, seed=10), {"stem": "s", "simulated": True}),
        (a_stretch(3, 1, 2, seed=11), {"stem": "s", "simulated": True, "version": 2}),
        (a_stretch(3, 0, 4, seed=12), {"stem": "t", "simulated": True, "level": "LL"}),
    ]
    gap = a_stretch(2, 5, 4, seed=13)
    keep = np.abs(gap.time - gap.time.mean()) > HOUR
    holed = {name: values[keep] for name, values in gap.columns.items()}
    files.append((type(gap)(gap.time[keep], holed, BANDS), {"stem": "i", "created": in_year(2026)}))
    files.append((a_stretch(2, 4, 6, seed=14), {"stem": "j"}))
    return files


def test_sixty_orders_of_arrival_give_the_same_store():
    files, stores = a_collection(), []
    for number in range(60):
        SeriesBlock.objects.filter().delete()
        Series.objects.filter().delete()
        DataProduct.objects.filter().delete()
        archive = Archive(a_reader(7_000))
        order = files * 2
        random.Random(number).shuffle(order)
        for table, facts in order:
            archive.take_in(table, **facts)
        stores.append(snapshot())
    assert len({key for key in stores[0] if key[0] == 0}) == 4
    assert all(store == stores[0] for store in stores[1:])


def test_a_rebuilt_store_is_the_same_and_skips_what_has_not_changed():
    archive = Archive(a_reader(7_000))
    for table, facts in a_collection():
        archive.take_in(table, **facts)
    store, generation = snapshot(), Series.objects.get(key=KEY).generation
    opened = archive.opened
    with transaction.atomic():
        assert archive.rebuild(range(DAY, DAY + 4)) == []
    assert archive.opened == opened
    assert Series.objects.get(key=KEY).generation == generation
    SeriesBlock.objects.filter().delete()
    with transaction.atomic():
        assert archive.rebuild(range(DAY - 1, DAY + 5)) == [DAY, DAY + 1, DAY + 2, DAY + 3]
    assert snapshot() == store
    assert Series.objects.get(key=KEY).generation == generation + 1


def test_a_file_is_opened_once_for_all_the_days_it_touches():
    archive = Archive()
    archive.take_in(a_stretch(0, 12, 48, 4_000))
    assert archive.opened == 1


def test_a_real_sample_removes_the_simulated_day_whatever_came_first():
    def stored(*files):
        SeriesBlock.objects.filter().delete()
        DataProduct.objects.filter().delete()
        archive = Archive()
        for table, facts in files:
            archive.take_in(table, **facts)
        return {
            (block.day, block.simulated, block.n) for block in SeriesBlock.objects.filter(level=0)
        }

    simulated = (a_stretch(0, 0, 48, 4_000), {"simulated": True})
    real = (a_stretch(0, 6, 1, 4_000), {})
    expected = {(DAY, False, 900), (DAY + 1, True, 21_600)}
    assert stored(simulated, real) == stored(real, simulated) == expected


def test_a_real_span_without_a_sample_in_the_day_leaves_the_simulated_day():
    archive = Archive()
    archive.take_in(a_stretch(0, 0, 24, 4_000), simulated=True)
    archive.take_in(a_stretch(1, 0, 24, 4_000), start_ms=(DAY + 1) * DAY_MS - 2_000)
    stored = SeriesBlock.objects.filter(level=0).order_by("day").values_list("day", "simulated")
    assert list(stored) == [(DAY, True), (DAY + 1, False)]


def test_a_simulated_version_does_not_supersede_a_real_one():
    archive = Archive()
    archive.take_in(a_stretch(0, 0, 1), stem="a", version=1)
    archive.take_in(a_stretch(0, 0, 1), stem="a", version=2, simulated=True)
    assert DataProduct.objects.latest().count() == 2


def test_an_older_version_that_comes_late_is_superseded_and_changes_nothing():
    archive = Archive()
    archive.take_in(a_stretch(0, 0, 1, seed=2), stem="a", version=2)
    store = snapshot()
    assert archive.take_in(a_stretch(0, 0, 1, seed=1), stem="a", version=1) == []
    assert snapshot() == store
    assert list(DataProduct.objects.latest().values_list("version", flat=True)) == [2]


def test_days_that_a_shorter_version_leaves_are_emptied():
    archive = Archive()
    archive.take_in(a_stretch(0, 20, 8), stem="a", version=1)
    changed = archive.take_in(a_stretch(0, 20, 2), stem="a", version=2)
    assert changed == [DAY, DAY + 1]
    assert set(SeriesBlock.objects.values_list("day", flat=True)) == {DAY}


def test_a_block_is_as_strict_as_the_strictest_file_with_a_sample_in_it():
    archive = Archive()
    archive.take_in(a_stretch(0, 0, 2))
    archive.take_in(a_stretch(0, 4, 30), access="team")
    archive.take_in(a_stretch(1, 0, 24), created=in_year(2026))
    access = SeriesBlock.objects.filter(level=0).order_by("day").values_list("access", flat=True)
    assert list(access) == ["team", "public"]


def test_a_change_of_access_reaches_the_blocks():
    archive = Archive()
    archive.take_in(a_stretch(0, 0, 2))
    DataProduct.objects.update(access="team")
    with transaction.atomic():
        assert archive.rebuild([DAY]) == [DAY]
    assert set(SeriesBlock.objects.values_list("access", flat=True)) == {"team"}


def test_another_definition_of_the_columns_rebuilds_the_whole_series():
    archive = Archive()
    archive.take_in(a_stretch(0, 0, 48, 4_000))
    archive.reader = a_reader(8_000, (*COLUMNS[1:], Column("counts", "i8", (3,), "ct")))
    with transaction.atomic():
        assert archive.rebuild([DAY]) == [DAY, DAY + 1]
    assert set(SeriesBlock.objects.values_list("level", flat=True)) == {0, 900, 14_400, 86_400}
    assert Series.objects.get(key=KEY).columns[-1]["dtype"] == "i8"


def test_the_last_active_energy_table_rules_the_day():
    archive = Archive()
    archive.take_in(a_stretch(0, 0, 2, bins=OTHER_BANDS), created=in_year(2026))
    archive.take_in(a_stretch(0, 4, 2))
    archive.take_in(a_stretch(0, 8, 2, bins=None), created=in_year(2027))
    series = Series.objects.get(key=KEY)
    (index,) = set(SeriesBlock.objects.values_list("bins", flat=True))
    assert series.bins[index] == [[4.0, 11.0], [11.0, 15.0], [15.0, None]]


def test_a_file_that_does_not_fit_is_refused_while_it_is_open():
    archive = Archive()
    table = a_stretch(0, 0, 1)
    table.columns["counts"] = table.columns["counts"][:, :2]
    inside = archive.open_file

    @contextmanager
    def open_file(product):
        with inside(product) as opened:
            try:
                yield opened
            except ValueError as error:
                raise ValueError(f"{product.name}: {error}") from error

    archive.open_file = open_file
    with pytest.raises(ValueError, match="bad V01: column 'counts' has shape"):
        archive.take_in(table, stem="bad")
    assert snapshot() == {}


@pytest.mark.django_db(transaction=True)
def test_a_rebuild_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError, match="outside a transaction"):
        Archive().rebuild([DAY])


@pytest.mark.postgresql
def test_blocks_are_stored_without_another_compression():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attstorage FROM pg_attribute WHERE attname = 'data' "
            "AND attrelid = 'archive_seriesblock'::regclass"
        )
        assert cursor.fetchone() == ("e",)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_files_taken_in_at_once_give_the_store_of_one_after_the_other():
    files, failures = a_collection(), []
    archive = Archive(a_reader(7_000))
    for table, facts in files:
        archive.take_in(table, **facts)
    expected = snapshot()
    for model in (SeriesBlock, Series, DataProduct):
        model.objects.filter().delete()

    def take_in(part):
        try:
            for table, facts in part:
                Archive.take_in(archive, table, **facts)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=take_in, args=(files[start::3],)) for start in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert snapshot() == expected
