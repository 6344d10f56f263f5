"""Files of the archive: no way out of the folder, whole or not at all, never one over another."""

import errno
import hashlib
import os
import resource
from types import SimpleNamespace

import pytest

from apps.archive import storage

pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.fixture
def source(tmp_path):
    """A file outside of the archive."""
    path = tmp_path / "source.fits"
    path.write_bytes(b"SIMPLE  =" * 1000)
    return path


def sha(path):
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def everything(folder):
    """All files below a folder, hidden ones too."""
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_a_file_appears_whole_under_its_name_and_twice_changes_nothing(source, data_dir):
    for _ in range(2):
        assert storage.place(source, "L1/2022/03/28/QL/a.fits", sha(source)) == (
            "L1/2022/03/28/QL/a.fits"
        )
    assert everything(data_dir) == ["archive/L1/2022/03/28/QL/a.fits"]
    stored = storage.absolute(SimpleNamespace(path="L1/2022/03/28/QL/a.fits"))
    assert stored.read_bytes() == source.read_bytes()
    assert list(storage.archived_files()) == ["L1/2022/03/28/QL/a.fits"]


def test_another_content_of_the_same_name_gets_a_folder_of_its_own(source, data_dir):
    storage.place(source, "L1/a.fits", sha(source))
    source.write_bytes(b"other")
    relative = storage.place(source, "L1/a.fits", sha(source))
    assert relative == f"L1/{sha(source)[:12]}/a.fits"
    assert storage.place(source, "L1/a.fits", sha(source)) == relative
    assert (data_dir / "archive/L1/a.fits").read_bytes().startswith(b"SIMPLE")


UNSAFE = ["../a.fits", "L1/../../a.fits", "/etc/passwd", "L1//a.fits", ".a.fits", "L1/a\0.fits", ""]


@pytest.mark.parametrize("relative", [*UNSAFE, "L1\\a.fits", "L1/a\n.fits", "~/a.fits"])
def test_a_path_that_could_leave_the_archive_is_refused(source, relative, data_dir):
    with pytest.raises(storage.StorageError, match="no path of the archive"):
        storage.place(source, relative, sha(source))
    with pytest.raises(storage.StorageError):
        storage.absolute(SimpleNamespace(path=relative))
    assert everything(data_dir) == []


def test_a_link_inside_the_archive_is_not_followed(source, data_dir, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (data_dir / "archive").mkdir()
    (data_dir / "archive/L1").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(storage.StorageError, match="L1 is a symbolic link"):
        storage.place(source, "L1/a.fits", sha(source))
    assert everything(tmp_path / "elsewhere") == []


def test_a_source_that_changed_or_vanished_is_not_kept(source, data_dir):
    expected = sha(source)
    source.write_bytes(b"SIMPLE  = changed")
    with pytest.raises(storage.SourceChanged, match="changed while it was read"):
        storage.place(source, "L1/a.fits", expected)
    source.unlink()
    with pytest.raises(storage.SourceChanged, match="vanished while it was read"):
        storage.place(source, "L1/a.fits", expected)
    assert everything(data_dir) == []


@pytest.mark.parametrize("call", ["fsync", "link", "mkdir"])
def test_a_full_disk_leaves_nothing_half_done(source, data_dir, monkeypatch, call):
    def full(*args, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(storage.StorageError, match=r"No space left on device.*Make room"):
        storage.place(source, "L1/a.fits", sha(source))
    assert everything(data_dir) == []
    monkeypatch.undo()
    assert storage.place(source, "L1/a.fits", sha(source)) == "L1/a.fits"


def test_a_write_that_the_system_cuts_short_leaves_nothing_half_done(source, data_dir):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    expected = sha(source)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(storage.StorageError, match="File too large"):
            storage.place(source, "L1/a.fits", expected)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert everything(data_dir) == []


def test_temporary_files_of_dead_processes_are_removed_and_of_living_ones_kept(source, data_dir):
    storage.place(source, "L1/a.fits", sha(source))
    stale = data_dir / "archive/L1" / f".{'0' * 24}.part"
    stale.write_bytes(b"half")
    with storage._temporary(data_dir / "archive/L1") as (_, living):
        assert storage.remove_stale() == [f"archive/L1/.{'0' * 24}.part"]
        assert living.exists()
    assert everything(data_dir) == ["archive/L1/a.fits"]


def test_a_refused_file_keeps_a_recognisable_name_without_strange_signs(tmp_path, data_dir):
    strange = tmp_path / "a b;\n$(rm).fits"
    strange.write_bytes(b"x")
    assert storage.quarantine(strange, sha(strange)) == f"{sha(strange)[:12]}_a_b____rm_.fits"
    assert storage.quarantine(strange, sha(strange)) in everything(data_dir / "quarantine")
