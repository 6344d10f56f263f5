"""A portal that was restored from its backup answers as before, on either kind of database."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test import Client

from apps.archive import backups
from apps.archive.management import portal_tables
from apps.archive.models import DataProduct, Quarantined, SeriesBlock
from tests.architecture.imports import ROOT
from tests.archive.backed_up import run
from tests.factories import STRONG, a_product
from tests.synthetic import write_lightcurve

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]

HOUR = "?start=2022-03-28T00:00&stop=2022-03-28T01:00"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def answers(client):
    """What the portal says: pages, records, files, a window, for a visitor and for the team."""
    product = DataProduct.objects.get(product_type="ql-lightcurve")
    addresses = {
        "list": "/data/products/",
        "records": "/api/v1/data/products/",
        "page": product.get_absolute_url(),
        "file": product.get_download_url(),
        "window": f"/quicklook/lightcurves/window.bin{HOUR}&parts=lc",
        "table": f"/quicklook/lightcurves/data.csv{HOUR}",
    }
    found = {}
    for name, address in addresses.items():
        response = client.get(address)
        assert response.status_code == 200, name
        found[name] = b"".join(response) if response.streaming else response.content
        response.close()
    for name in ("list", "page"):  # without the clock of the page
        found[name] = found[name].partition(b"<h1")[2].partition(b"</main>")[0]
    return found


def elsewhere(settings, tmp_path):
    """Go on with a new, empty data folder."""
    settings.DATA_DIR = tmp_path / "restored"
    settings.DATA_DIR.mkdir()


def test_a_restored_portal_answers_the_same(used, settings, tmp_path, visitor):
    before = answers(visitor)
    assert run("backup", str(tmp_path / "b"), files=True) == ""
    DataProduct.objects.update(access="team", name="changed.fits")
    SeriesBlock.objects.get_queryset().delete()
    elsewhere(settings, tmp_path)
    assert run("restore", str(tmp_path / "b"), force=True) == ""
    assert answers(visitor) == before
    hidden = DataProduct.objects.get(access="team")
    assert hidden.header == {"ORIGIN": "é ☀"}
    refused = Quarantined.objects.get()
    assert (settings.DATA_DIR / "quarantine" / refused.path).read_bytes() == b"no FITS file"


def test_the_admin_lets_the_same_people_in(used, settings, tmp_path):
    run("backup", str(tmp_path / "b"))
    run("restore", str(tmp_path / "b"), force=True)
    form = {"username": "root", "password": STRONG, "next": "/admin/"}
    response = Client().post("/admin/login/", form)
    assert (response.status_code, response["Location"]) == (302, "/admin/")


def test_new_rows_follow_the_restored_ones(used, tmp_path):
    newest = max(DataProduct.objects.values_list("pk", flat=True))
    run("backup", str(tmp_path / "b"))
    run("restore", str(tmp_path / "b"), force=True)
    assert a_product("sci-xray-spec").pk > newest


def test_a_portal_on_sqlite_comes_back_on_the_database_of_this_run(
    settings, data_dir, tmp_path, visitor
):
    environment = {
        "PATH": os.environ["PATH"], "SECRET_KEY": "x" * 60, "INSECURE": "1", "DEMO": "1",
        "DATA_DIR": str(tmp_path / "first"),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'first.sqlite3'}",
    }  # fmt: skip
    (tmp_path / "first").mkdir()
    source = write_lightcurve(tmp_path)
    for command in (["migrate", "-v0"], ["ingest", str(source)], ["backup", str(tmp_path / "b"),
                    "--files"]):  # fmt: skip
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True,
            capture_output=True, timeout=120,
        )  # fmt: skip
    assert run("restore", str(tmp_path / "b")) == ""
    found = answers(visitor)
    assert found["file"] == source.read_bytes()
    assert json.loads(found["records"])["count"] == 1


def test_a_portal_in_use_is_not_replaced_by_chance(used, tmp_path):
    run("backup", str(tmp_path / "b"))
    with pytest.raises(CommandError, match=r"this portal holds users, .*--force"):
        run("restore", str(tmp_path / "b"))


def test_a_whole_backup_is_not_written_over(used, tmp_path):
    run("backup", str(tmp_path / "b"))
    with pytest.raises(CommandError, match="name a new folder"):
        run("backup", str(tmp_path / "b"))


def test_a_backup_that_was_stopped_goes_on_and_is_not_restored_before(used, tmp_path):
    folder = tmp_path / "b"
    run("backup", str(folder), files=True)
    (folder / backups.MANIFEST).unlink()
    kept = next(path for path in (folder / "files" / "archive").rglob("*.fits"))
    inode = kept.stat().st_ino
    with pytest.raises(CommandError, match="stopped before its end"):
        run("restore", str(folder), force=True)
    run("backup", str(folder), files=True)
    assert kept.stat().st_ino == inode
    assert run("restore", str(folder), force=True) == ""


def test_a_table_that_was_changed_is_refused_and_nothing_is_lost(used, tmp_path):
    folder = tmp_path / "b"
    run("backup", str(folder))
    table = folder / "tables" / "archive.DataProduct.jsonl.gz"
    table.write_bytes(table.read_bytes()[:-9])
    with pytest.raises(CommandError, match="was changed since the backup"):
        run("restore", str(folder), force=True)
    assert DataProduct.objects.count() == 2


def test_a_restore_that_fails_in_the_middle_changes_no_row(used, tmp_path):
    folder = tmp_path / "b"
    run("backup", str(folder))
    manifest = json.loads((folder / backups.MANIFEST).read_text())
    table = folder / "tables" / "archive.SeriesBlock.jsonl.gz"
    columns, *rows = backups.lines(table)
    with backups.lines_written(table) as write:
        write(columns)
        for row in rows:
            write(row[:-1])
    manifest["sums"]["tables/archive.SeriesBlock.jsonl.gz"] = backups.digest(table)
    backups.write_manifest(folder, manifest)
    blocks = SeriesBlock.objects.count()
    with pytest.raises(CommandError, match="expected a list of"):
        run("restore", str(folder), force=True)
    assert (DataProduct.objects.count(), SeriesBlock.objects.count()) == (2, blocks)


def test_what_is_missing_or_other_is_named(used, settings, tmp_path):
    product = DataProduct.objects.get(product_type="ql-lightcurve")
    run("backup", str(tmp_path / "b"))  # without its files
    elsewhere(settings, tmp_path)
    other = settings.DATA_DIR / "archive" / product.path
    other.parent.mkdir(parents=True)
    other.write_bytes(b"something else")
    said = run("restore", str(tmp_path / "b"), force=True)
    assert f"differs: archive/{product.path}" in said
    assert said.count("missing: ") == 2


def test_a_backup_names_files_that_the_archive_lost(used, settings, tmp_path):
    product = DataProduct.objects.get(product_type="ql-lightcurve")
    Path(settings.DATA_DIR, "archive", product.path).unlink()
    assert f"missing: archive/{product.path}" in run("backup", str(tmp_path / "b"), files=True)


def test_a_backup_of_another_release_says_which(used, tmp_path):
    folder = tmp_path / "b"
    run("backup", str(folder))
    manifest = json.loads((folder / backups.MANIFEST).read_text())
    manifest["migrations"].append("archive.0099_future")
    backups.write_manifest(folder, manifest | {"portal": "9.0.0"})
    with pytest.raises(CommandError, match=r"release 9\.0\.0.*0099_future"):
        run("restore", str(folder), force=True)


@pytest.mark.postgresql
def test_a_backup_does_not_see_what_is_written_while_it_reads(used):
    with portal_tables.snapshot():
        before = len(list(portal_tables.rows(DataProduct)))
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: (a_product("sci-xray-spec"), connection.close())).result()
        assert len(list(portal_tables.rows(DataProduct))) == before == 2
    assert DataProduct.objects.count() == 3


def test_the_database_knows_its_tables_after_a_restore(used, tmp_path):
    run("backup", str(tmp_path / "b"))
    run("restore", str(tmp_path / "b"), force=True)
    table = DataProduct._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
        else:
            cursor.execute("SELECT max(stat) FROM sqlite_stat1 WHERE tbl = %s", [table])
        assert str(cursor.fetchone()[0]).split()[0].startswith("2")


@pytest.mark.postgresql
def test_no_question_waits_for_a_compiler():
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
