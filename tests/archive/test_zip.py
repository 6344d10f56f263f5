"""Bundles: a ZIP of selected files with its manifest, and what is done when it is too much."""

import csv
import hashlib
import io
import os
import shlex
import subprocess
import zipfile

import pytest
from django.core.signals import request_finished
from django.db import OperationalError, close_old_connections, connection
from django.db.transaction import atomic

from apps.accounts.models import Export
from apps.archive import bundle, storage
from apps.archive.models import DataProduct
from tests.factories import a_product, in_days, utc

pytestmark = [pytest.mark.db, pytest.mark.django_db]

ZIP = "/data/bundle.zip"
PATHS = {"PATH": os.environ["PATH"]}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture(autouse=True)
def archive(data_dir):
    """An empty archive for each test."""
    return data_dir


@pytest.fixture
def files():
    """Three files of different content."""
    return [
        a_product(start=utc(f"2022-03-0{day}"), content=f"content {day} ".encode() * day * 999)
        for day in (1, 2, 3)
    ]


def opened(response):
    """The ZIP of an answer, whose length must be as announced."""
    content = b"".join(response.streaming_content)
    assert response.headers["Content-Length"] == str(len(content))
    return zipfile.ZipFile(io.BytesIO(content))


def manifest(archive):
    """Rows of a manifest."""
    return list(csv.DictReader(io.StringIO(archive.read("manifest.csv").decode())))


def free_slots():
    """How many more ZIPs could run."""
    taken = 0
    while bundle.SLOTS.acquire(blocking=False):
        taken += 1
    for _ in range(taken):
        bundle.SLOTS.release()
    return taken


def abandon(response):
    """Close an answer before it is read, as a server does whose reader went away."""
    request_finished.disconnect(close_old_connections)  # the test's connection stays
    response.close()
    request_finished.connect(close_old_connections)


def until_it_breaks(response, sent):
    """Collect what is sent before an answer ends."""
    for chunk in response.streaming_content:
        sent.append(chunk)


def test_all_files_that_the_filters_leave_come_in_one_zip(visitor, files):
    response = visitor.get(ZIP, {"stop": "2022-03-03"})
    assert response.headers["Content-Type"] == "application/zip"
    assert 'filename="stix_2_files.zip"' in response.headers["Content-Disposition"]
    archive = opened(response)
    assert archive.testzip() is None
    assert archive.namelist() == ["manifest.csv", files[0].name, files[1].name]
    for row in manifest(archive):
        content = archive.read(row["name"])
        assert row["sha256"] == DataProduct.objects.get(name=row["name"]).sha256
        assert (row["size_bytes"], row["note"]) == (str(len(content)), "")
        assert row["address"].startswith("http://testserver/data/files/")
    assert {info.compress_type for info in archive.infolist()} == {zipfile.ZIP_STORED}


def test_the_rows_that_are_ticked_come_in_one_zip(visitor, files):
    picked = {"rows": "selected", "pick": [files[0].pk, files[2].pk], "level": "L1"}
    for response in (visitor.get(ZIP, picked), visitor.post(ZIP, picked)):
        assert opened(response).namelist() == ["manifest.csv", files[0].name, files[2].name]


def test_all_means_all_that_are_listed_although_some_are_ticked(visitor, files):
    query = {"rows": "all", "pick": [files[0].pk], "id": f"{files[0].pk},{files[1].pk}"}
    assert len(opened(visitor.get(ZIP, query)).namelist()) == 3


def test_the_length_can_be_asked_before(visitor, files):
    announced = [visitor.head(ZIP).headers["Content-Length"] for _ in range(3)]
    assert opened(visitor.get(ZIP)).testzip() is None
    assert set(announced) == {visitor.head(ZIP).headers["Content-Length"]}
    assert free_slots() == 2


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"rows": "selected"}, 400, "Tick the rows"),
        ({"level": "L9"}, 400, "Select a valid choice"),
        ({"begin": "2022"}, 400, "no filter of this list is called"),
        ({"rows": "selected", "pick": "x"}, 400, "not a whole number"),
        ({"name": "nothing"}, 404, "No file fits"),
    ],
)
def test_a_selection_without_files_says_why(visitor, files, query, status, words):
    answer = visitor.get(ZIP, query)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]
    page = visitor.get(ZIP, query, headers=BROWSER)
    assert page.status_code == status
    assert "text/html" in page["Content-Type"]
    assert words in page.text


def test_a_hundred_thousand_ticked_rows_get_a_clear_answer(visitor, files):
    picked = {"rows": "selected", "pick": list(range(100_000))}
    answer = visitor.post(ZIP, picked)
    assert answer.status_code == 413
    assert "at most 1000 files" in answer.json()["detail"]


def test_more_than_a_zip_holds_comes_as_manifest_and_script(visitor, files):
    DataProduct.objects.filter(pk=files[0].pk).update(size=bundle.MOST_BYTES)
    page = visitor.get(ZIP, {"level": "L1"}, headers=BROWSER)
    assert page.status_code == 400
    assert "/data/download.sh?level=L1" in page.text
    assert "/data/manifest.csv?level=L1" in page.text
    rows = list(csv.DictReader(io.StringIO(visitor.get("/data/manifest.csv").getvalue().decode())))
    assert [row["name"] for row in rows] == [file.name for file in files]


def test_one_file_more_than_a_zip_holds_is_too_many():
    item = bundle.Item("a.fits", "0", 1, "L1", "V01", "http://x/a.fits")
    assert not bundle.exceeds([item] * 1000)
    assert bundle.exceeds([item] * 1001)


def test_the_script_fetches_and_checks_every_file(tmp_path):
    content = {"a.fits": b"first", "it's b.fits": b"second", "c.fits": b"hidden"}
    items = []
    for name, text in content.items():
        (tmp_path / name).write_bytes(text)
        sha256 = hashlib.sha256(text).hexdigest()
        facts = (name, sha256, len(text), "L1", "V01", f"file:{tmp_path}/{name}")
        items.append(bundle.Item(*facts, note="not public" if name == "c.fits" else ""))
    text = "".join(bundle.script(items, "Made today"))
    assert "# not public: c.fits" in text
    # `wget` knows no file addresses: a stand-in copies what curl would fetch.
    fetch = (
        'wget() { echo "$1"; [ $# = 5 ] || shift; cp "${5#file:}" "copy/$4"; cp "copy/$4" .; }\n'
    )
    (tmp_path / "there" / "copy").mkdir(parents=True)
    (tmp_path / "script.sh").write_text(text.replace("get() {", fetch + "get() {", 1))
    run = {"cwd": tmp_path / "there", "capture_output": True, "text": True, "check": False}
    done = subprocess.run(["sh", "../script.sh"], **run)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Authorization" not in done.stdout
    told = subprocess.run(["sh", "../script.sh"], env={"STIX_TOKEN": "stix_1 2", **PATHS}, **run)
    assert told.stdout.splitlines() == ["--header=Authorization: Token stix_1 2"] * 3
    assert (tmp_path / "there" / "it's b.fits").read_bytes() == b"second"
    (tmp_path / "a.fits").write_bytes(b"damaged")
    done = subprocess.run(["sh", "../script.sh"], **run)
    assert done.returncode == 1
    assert "failed: a.fits" in done.stderr


def test_a_third_zip_at_a_time_is_told_to_wait(visitor, files):
    running = [visitor.get(ZIP) for _ in range(2)]
    third = visitor.get(ZIP)
    assert (third.status_code, third.headers["Retry-After"]) == (429, "30")
    assert "two ZIPs at a time" in visitor.get(ZIP, headers=BROWSER).text
    abandon(running[0])
    assert opened(visitor.get(ZIP)).testzip() is None
    assert opened(running[1]).testzip() is None
    for response in [visitor.get(ZIP) for _ in range(2)]:
        assert response.status_code == 200
        abandon(response)


def test_a_zip_that_fails_before_its_first_byte_holds_nobody_up(team, files):
    a_product("sci-xray-cpd", access="team")

    def lost(execute, statement, *rest):
        if "accounts_export" in statement:
            raise OperationalError("the database is gone")
        return execute(statement, *rest)

    for _ in range(3):
        with connection.execute_wrapper(lost), pytest.raises(OperationalError), atomic():
            team.get(ZIP)
    assert free_slots() == 2


def test_a_file_that_is_missing_stands_in_the_manifest_and_the_others_come(visitor, files):
    storage.absolute(files[1]).unlink()
    storage.absolute(files[2]).write_bytes(b"cut")
    archive = opened(visitor.get(ZIP))
    assert archive.namelist() == ["manifest.csv", files[0].name]
    assert [row["note"] for row in manifest(archive)] == ["", bundle.MISSING, bundle.MISSING]


@pytest.mark.parametrize("change", ["vanishes", "shrinks", "grows"])
def test_a_file_that_changes_while_the_zip_runs_leaves_it_clearly_broken(visitor, files, change):
    response = visitor.get(ZIP)
    path = storage.absolute(files[2])
    if change == "vanishes":
        path.unlink()
    else:
        path.write_bytes(b"x" * (files[2].size + (1 if change == "grows" else -1)))
    sent = []
    with pytest.raises((FileNotFoundError, storage.StorageError)):
        until_it_breaks(response, sent)
    content = b"".join(sent)
    assert len(content) < int(response.headers["Content-Length"])
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(content))
    assert free_slots() == 2


def test_files_of_one_name_do_not_replace_each_other(visitor):
    one = a_product(content=b"one", path="L1/one.fits")
    two = a_product(content=b"other", path="L1/two.fits")
    archive = opened(visitor.get(ZIP))
    assert archive.namelist() == ["manifest.csv", one.name, f"{two.sha256[:12]}/{two.name}"]


def test_the_script_fetches_files_of_one_name_beside_each_other(visitor):
    one = a_product(content=b"one", path="L1/one.fits")
    two = a_product(content=b"other", path="L1/two.fits")
    lines = visitor.get("/data/download.sh").getvalue().decode().splitlines()
    fetched = [shlex.split(line)[2:] for line in lines if line.startswith("get http")]
    assert fetched == [[one.sha256, one.name], [two.sha256, f"{two.sha256[:12]}_{two.name}"]]


def test_no_name_leaves_its_folder_or_its_line(visitor, team):
    evil = "..\\..\\x\ntouch broken\n$(touch broken)'.fits"
    for access in ("public", "team"):
        a_product(f"sci-{access}", name=evil, path=f"L1/{access}.fits", access=access)
    assert opened(visitor.get(ZIP)).namelist()[1].startswith(".._.._x_touch broken_$(")
    text = team.get("/data/download.sh").getvalue().decode()
    assert "\ntouch" not in text
    fetched = [line for line in text.splitlines() if line.startswith("get '")]
    names = [shlex.split(line)[3] for line in fetched]
    assert [name[-len(evil) :] for name in names] == [bundle.plain(evil)] * 2


def test_hidden_files_are_in_no_zip_and_no_list_of_a_visitor(visitor, team, files):
    hidden = a_product("sci-xray-cpd", access="embargoed", release_at=in_days(3))
    everything = {"rows": "selected", "pick": [hidden.pk, files[0].pk]}
    assert opened(visitor.get(ZIP, everything)).namelist() == ["manifest.csv", files[0].name]
    for address in ("/data/manifest.csv", "/data/download.sh"):
        assert hidden.name not in visitor.get(address).getvalue().decode()
        assert hidden.name in team.get(address).getvalue().decode()
    assert hidden.name in opened(team.get(ZIP, everything)).namelist()
    assert Export.objects.get().number == 2
    opened(team.get(ZIP, {"id": files[0].pk}))
    assert Export.objects.count() == 1


def test_a_list_for_programs_refuses_wrong_filters(visitor):
    for address in ("/data/manifest.csv", "/data/download.sh"):
        answer = visitor.get(address, {"level": "L9"})
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
        assert answer.json()["errors"][0]["field"] == "level"
