"""A backup that is damaged or forged is refused: which file and line, what was expected."""

import gzip
import hashlib
import json

import pytest
from django.core.management import CommandError

from apps.archive import backups
from apps.archive.management import portal_tables
from apps.archive.models import DataProduct, IngestRun
from tests.archive.backed_up import run, tampered

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("place", ["../outside", "/outside", "archive/..", "logs", ""])
def test_a_forged_list_writes_nothing_outside_the_folders_of_files(used, tmp_path, place):
    folder, content = tmp_path / "b", b"evil"
    run("backup", str(folder))
    place = place.replace("/outside", str(tmp_path / "outside")) if place[:1] == "/" else place
    for path in ("x.fits", "../x.fits"):
        copy = folder / backups.COPIES / place / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)
    before = sorted(tmp_path.rglob("*.fits"))
    entry = {"folder": place, "size": 4, "sha256": hashlib.sha256(content).hexdigest()}
    lines = [json.dumps(entry | {"path": path}) for path in ("x.fits", "../x.fits")]
    tampered(folder, backups.FILES, lambda _: "\n".join(lines).encode())
    said = run("restore", str(folder), force=True)
    assert said.count("missing: ") == 2
    assert sorted(tmp_path.rglob("*.fits")) == before


@pytest.mark.parametrize("cut", [lambda b: b[:-9], lambda b: b[:40], lambda b: b"\x1f" + b])
def test_a_table_that_is_cut_off_is_named_although_its_sum_was_mended(used, tmp_path, cut):
    folder = tmp_path / "b"
    run("backup", str(folder))
    tampered(folder, "tables/archive.DataProduct.jsonl.gz", cut)
    with pytest.raises(CommandError, match=r"archive\.DataProduct\.jsonl\.gz: line \d+ cannot"):
        run("restore", str(folder), force=True)
    assert DataProduct.objects.count() == 2


def with_row(number, change):
    """A change of one line of a table, the first is 1."""

    def changed(content):
        lines = gzip.decompress(content).decode().splitlines()
        lines[number - 1] = json.dumps(change(json.loads(lines[number - 1])))
        return gzip.compress("\n".join(lines).encode())

    return changed


def placed(name, value, model=DataProduct):
    """A change of a row: another value in a column."""
    place = [field.attname for field in portal_tables.fields(model)].index(name)
    return lambda row: [*row[:place], value, *row[place + 1 :]]


@pytest.mark.parametrize(
    ("number", "change", "says"),
    [
        (1, lambda row: row[:-1], "line 1 is .*expected the columns id"),
        (1, lambda row: [*row[:-1], "evil"], "line 1 is .*expected the columns id"),
        (1, lambda row: None, "line 1 is None, expected the columns id"),
        (2, lambda row: row[1:], r"line 2 is .*expected a list of \d+ values"),
        (3, lambda row: [*row, 1], r"line 3 is .*expected a list of \d+ values"),
        (3, lambda row: {"id": 1}, r"line 3 is \{'id': 1\}, expected a list"),
        (3, lambda row: 5, "line 3 is 5, expected a list"),
        (2, placed("start", "yesterday"), "line 2 has 'yesterday' as start, expected .*DateTime"),
        (2, placed("start", 5), "line 2 has 5 as start, expected .*DateTime"),
        (3, placed("version", "two"), "line 3 has 'two' as version, expected"),
        (3, placed("simulated", "perhaps"), "line 3 has 'perhaps' as simulated, expected"),
        (3, placed("size", [1]), r"line 3 has \[1\] as size, expected"),
        (3, placed("size", 2**70), "line 3 (is|has) "),
        (3, placed("name", None), "line 3 is .*expected a row that the database takes"),
        (3, placed("access", "embargoed"), "line 3 is .*the database takes"),
        (3, placed("stop", "1990-01-01T00:00:00+00:00"), "line 3 is .*the database takes"),
    ],
)
def test_a_forged_row_is_named_with_its_file_and_line_and_nothing_is_changed(
    used, tmp_path, number, change, says
):
    folder, before = tmp_path / "b", list(DataProduct.objects.order_by("pk").values())
    run("backup", str(folder))
    tampered(folder, "tables/archive.DataProduct.jsonl.gz", with_row(number, change))
    with pytest.raises(CommandError, match=rf"DataProduct\.jsonl\.gz: (?:{says})"):
        run("restore", str(folder), force=True)
    assert list(DataProduct.objects.order_by("pk").values()) == before


def test_a_row_that_points_to_a_missing_one_is_told(used, tmp_path):
    folder = tmp_path / "b"
    run("backup", str(folder))
    table = "tables/archive.IngestRun.jsonl.gz"
    tampered(folder, table, with_row(2, placed("product_id", 9999, IngestRun)))
    with pytest.raises(CommandError, match=r"a row points to one that is missing: .*9999"):
        run("restore", str(folder), force=True)
    assert DataProduct.objects.count() == 2


@pytest.mark.parametrize("content", [b"", b"[1]\n"])
def test_a_table_without_its_columns_or_rows_is_told(used, tmp_path, content):
    folder = tmp_path / "b"
    run("backup", str(folder))
    tampered(folder, "tables/archive.DataProduct.jsonl.gz", lambda _: gzip.compress(content))
    with pytest.raises(CommandError, match=r"jsonl\.gz: line 1 is .*expected the columns"):
        run("restore", str(folder), force=True)
    assert DataProduct.objects.count() == 2


def test_a_row_that_stands_there_twice_is_named(used, tmp_path):
    folder = tmp_path / "b"
    run("backup", str(folder))
    table = "tables/archive.DataProduct.jsonl.gz"
    second = list(backups.lines(folder / table))[1]
    tampered(folder, table, with_row(3, lambda row: second))
    with pytest.raises(CommandError, match=r"line 3 is .*the database takes; it says: "):
        run("restore", str(folder), force=True)
    assert DataProduct.objects.count() == 2


def test_a_table_that_lost_its_last_rows_is_told(used, tmp_path):
    folder = tmp_path / "b"
    run("backup", str(folder))

    def shortened(content):
        return gzip.compress(b"\n".join(gzip.decompress(content).splitlines()[:-1]))

    tampered(folder, "tables/archive.DataProduct.jsonl.gz", shortened)
    with pytest.raises(CommandError, match=r"holds 1 rows, portal\.json states 2"):
        run("restore", str(folder), force=True)
    assert DataProduct.objects.count() == 2


@pytest.mark.parametrize("line", ['{"folder": "archive"}', "[]", "7", '{"folder": 1', ""])
def test_a_forged_list_of_files_is_refused_before_anything_is_changed(used, tmp_path, line):
    folder = tmp_path / "b"
    run("backup", str(folder))
    DataProduct.objects.update(name="changed since")
    tampered(folder, backups.FILES, lambda content: content + line.encode() + b"\n")
    with pytest.raises(CommandError, match=r"files\.jsonl: line 4 "):
        run("restore", str(folder), force=True)
    assert set(DataProduct.objects.values_list("name", flat=True)) == {"changed since"}


@pytest.mark.parametrize(
    ("forged", "says"),
    [
        ({"migrations": None}, "migrations is None"),
        ({"migrations": [["a"]]}, "migrations is "),
        ({"files": "many"}, "files is 'many'"),
        ({"rows": {"archive.DataProduct": "2"}}, "rows is "),
        ({"rows": {"archive.DataProduct": -1}}, "rows is "),
        ({"portal": 3}, "portal is 3"),
    ],
)
def test_a_forged_manifest_says_what_is_wrong_in_it(used, tmp_path, forged, says):
    folder = tmp_path / "b"
    run("backup", str(folder))
    manifest = json.loads((folder / backups.MANIFEST).read_text())
    backups.write_manifest(folder, manifest | forged)
    with pytest.raises(CommandError, match=f"portal.json: {says}"):
        run("restore", str(folder), force=True)
    (folder / backups.MANIFEST).write_text("[]")
    with pytest.raises(CommandError, match="this release reads"):
        run("restore", str(folder), force=True)
    assert DataProduct.objects.count() == 2


def test_a_manifest_that_vouches_for_less_than_it_restores_is_refused(used, tmp_path):
    folder = tmp_path / "b"
    run("backup", str(folder))
    manifest = json.loads((folder / backups.MANIFEST).read_text())
    for forged, said in (
        (manifest | {"sums": {}}, "states no sum for"),
        ({"format": manifest["format"]}, "states no sum for"),
        (manifest | {"rows": {"../../x": 1}, "sums": manifest["sums"] | {
            "tables/../../x.jsonl.gz": "0"}}, "missing"),
    ):  # fmt: skip
        backups.write_manifest(folder, forged)
        with pytest.raises(CommandError, match=said):
            run("restore", str(folder), force=True)
    assert DataProduct.objects.count() == 2
