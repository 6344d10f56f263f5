"""The commands `ingest` and `check_archive`: what they print, repair, and return."""

import json
import os
import signal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.archive import storage
from apps.archive.management.commands import check_archive, ingest
from apps.archive.models import DataProduct, IngestRun, Quarantined
from apps.archive.tasks import unknown
from tests.archive import smallfits
from tests.archive.test_storage import everything
from tests.synthetic import write_lightcurve

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]


def run(command, *arguments, **options):
    """Run a command; returns (exit code, what it printed, what it complained of)."""
    out, err = StringIO(), StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=err, **options)
    return command.exit_code, out.getvalue(), err.getvalue()


def test_ingest_sums_up_and_shows_refused_files_in_its_exit_code(tmp_path):
    given = tmp_path / "given"
    smallfits.write(given)
    assert run(ingest.Command(), given)[:2] == (0, "1 taken in, 0 known, 0 refused\n")
    (given / "bad.fits").write_text("no")
    code, out, err = run(ingest.Command(), given)
    assert (code, out) == (1, "0 taken in, 1 known, 1 refused\n")
    assert "refused: bad.fits: not FITS; it begins with b'no'" in err


def test_ingest_tells_the_outcome_of_each_file_as_json(tmp_path):
    smallfits.write(tmp_path)
    (tmp_path / "bad.fits").write_bytes(b"")
    answer = json.loads(run(ingest.Command(), tmp_path, json=True)[1])
    numbers = {key: answer[key] for key in ("taken_in", "known", "refused")}
    assert numbers == {"taken_in": 1, "known": 0, "refused": 1}
    bad, good = answer["files"]
    assert bad == {
        "name": "bad.fits",
        "status": "refused",
        "reason": "bad.fits: the file is empty (zero bytes)",
    }
    assert good["id"] == DataProduct.objects.get().pk


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "give PATH..., or --watch, or --again TYPE"),
        (["x", "--again", "ql-lightcurve"], "one of them"),
        (["--again", "ql-moon"], "no product type 'ql-moon'; known: ql-lightcurve"),
    ],
)
def test_ingest_says_what_it_needs(arguments, reason):
    with pytest.raises(CommandError, match=reason):
        run(ingest.Command(), *arguments)


def test_ingest_of_a_path_that_is_not_there_is_a_refusal_in_words(tmp_path):
    code, _, err = run(ingest.Command(), tmp_path / "gone.fits")
    assert code == 1
    assert "gone.fits: cannot be read (No such file or directory)" in err


def test_ingest_again_dispatches_what_waits(tmp_path):
    run(ingest.Command(), smallfits.write(tmp_path))
    DataProduct.objects.update(dispatched=False)
    answer = json.loads(run(ingest.Command(), again="ql-lightcurve", json=True)[1])
    assert answer == {"dispatched": {"ql-lightcurve": 1}}
    assert "ql-lightcurve: 0 dispatched" in run(ingest.Command(), again="all")[1]


def test_a_full_disk_ends_ingest_with_a_reason(tmp_path, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(CommandError, match="No space left on device"):
        run(ingest.Command(), smallfits.write(tmp_path))
    assert not DataProduct.objects.exists()


def test_watching_empties_the_inbox_once_files_have_settled(data_dir, monkeypatch):
    inbox = data_dir / "inbox"
    smallfits.write(inbox)
    (inbox / "bad.fits").write_text("no")
    (inbox / "link.fits").symlink_to("/etc/hostname")
    looks = []

    def look(seconds):
        looks.append(everything(inbox))
        if len(looks) == 4:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(ingest.time, "sleep", look)
    _, out, _ = run(ingest.Command(), watch="")
    assert "taken in: solo_L1_stix-ql-lightcurve_20220328_V01.fits" in out
    assert out.count("refused: bad.fits") == 1
    assert out.count("refused: link.fits") == 1
    assert len(looks[0]) == 3
    assert looks[-1] == ["link.fits"]


def test_a_file_without_row_is_taken_in_by_the_check(tmp_path, data_dir):
    source = smallfits.write(tmp_path)
    target = data_dir / "archive/L1/2022/03/28/QL" / source.name
    target.parent.mkdir(parents=True)
    source.rename(target)
    (target.parent / f".{'a' * 24}.part").write_bytes(b"half")
    code, out, _ = run(check_archive.Command())
    assert code == 0
    assert out.startswith("1 temporary removed, 1 taken in, 0 duplicate removed")
    assert DataProduct.objects.get().path == target.relative_to(data_dir / "archive").as_posix()
    assert everything(data_dir / "archive") == [DataProduct.objects.get().path]


def test_strange_files_in_the_archive_are_moved_out_by_the_check(tmp_path, data_dir):
    run(ingest.Command(), smallfits.write(tmp_path))
    archive = data_dir / "archive"
    product = DataProduct.objects.get()
    (archive / "copy.fits").write_bytes(storage.absolute(product).read_bytes())
    (archive / "notes.txt").write_text("remember the milk")
    (archive / "link.fits").symlink_to("/etc/hostname")
    code, out, _ = run(check_archive.Command(), json=True)
    found = json.loads(out)
    assert code == 1
    assert found["duplicate_removed"] == ["copy.fits"]
    assert found["refused"] == ["notes.txt"]
    assert found["unresolved"] == ["link.fits"]
    assert Quarantined.objects.get().name == "notes.txt"
    assert everything(archive) == sorted([product.path, "link.fits"])


def test_a_row_without_its_file_and_a_damaged_file_are_reported(tmp_path):
    run(ingest.Command(), smallfits.write(tmp_path))
    product = DataProduct.objects.get()
    path = storage.absolute(product)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + b"x")
    assert run(check_archive.Command())[0] == 0
    code, _, err = run(check_archive.Command(), checksums=True)
    assert (code, err) == (1, f"damaged: {product.path}\n")
    path.unlink()
    code, _, err = run(check_archive.Command())
    assert (code, err) == (1, f"missing: {product.path}\n")


def test_a_row_whose_path_leaves_the_archive_is_reported_and_not_opened(tmp_path):
    run(ingest.Command(), smallfits.write(tmp_path))
    DataProduct.objects.update(path="../../../etc/passwd")
    code, _, err = run(check_archive.Command(), checksums=True)
    assert code == 1
    assert "damaged: ../../../etc/passwd" in err
    assert "unresolved: L1/2022/03/28/QL/solo_L1_stix-ql" in err


def test_with_new_a_known_file_leaves_no_record_and_a_missing_one_is_still_refused(tmp_path):
    path = write_lightcurve(tmp_path)
    call_command("ingest", str(path), new=True, verbosity=0)
    call_command("ingest", str(path), new=True, verbosity=0)
    assert list(IngestRun.objects.values_list("outcome", flat=True)) == ["taken in"]
    assert unknown([path, tmp_path / "absent.fits"]) == [tmp_path / "absent.fits"]
