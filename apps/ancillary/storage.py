"""The only module that touches the files of kernel sets: DATA_DIR/kernels/<set id>/.

A set is put together in a hidden folder beside its place, forced to the disk, and renamed: it is
there whole or not at all. Files of a set are never written again, for CSPICE ends a process whose
loaded file changes.
"""

import os
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from apps.ancillary.kernelset import described

FOLDER = "kernels"
_STAGED = ".staged-"
_READ_ONLY = 0o444
_ABANDONED_S = 3600


class KernelStorageError(Exception):
    """The folder of the kernels cannot keep or give a file: full disk, damage, no permission."""


def root():
    """Folder of the kernel sets."""
    return settings.DATA_DIR / FOLDER


def folder_of(set_id):
    """Folder of a set, whether it is there or not."""
    return root() / set_id


def paths_of(kernel_set):
    """Files of a set in the order in which they are loaded, without its metakernel."""
    folder = folder_of(kernel_set.set_id)
    return [folder / file["name"] for file in kernel_set.kernels if file["kind"] != "MK"]


@contextmanager
def staged():
    """Give an empty hidden folder on the disk of the sets; what is left in it is removed."""
    try:
        root().mkdir(parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix=_STAGED, dir=root())
    except OSError as error:
        raise _unable(root(), error) from error
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def stage(folder, name, source):
    """Copy a file, given by its path or as an upload, into a staged folder under its name."""
    try:
        if isinstance(source, UploadedFile):
            with open(folder / name, "xb") as stream:
                for chunk in source.chunks():
                    stream.write(chunk)
        else:
            shutil.copyfile(source, folder / name)
    except OSError as error:
        raise _unable(name, error) from error


def keep(folder, set_id):
    """Give a staged folder its place; where the set has a folder, add only what it lacks.

    Raises
    ------
    KernelStorageError
        Full disk, no permission; or the place holds a file of other content. Nothing is
        overwritten.
    """
    target = folder_of(set_id)
    try:
        for path in folder.iterdir():
            path.chmod(_READ_ONLY)
            _force(path)
        _force(folder)
        folder.chmod(0o755)
        try:
            os.rename(folder, target)
        except OSError:
            if not target.is_dir():
                raise
            _complete(folder, target)
        _force(root())
    except OSError as error:
        raise _unable(set_id[:12], error) from error


def _complete(folder, target):
    """Put back the files that a set lost; one that is there must be the same."""
    for path in sorted(folder.iterdir()):
        place = target / path.name
        try:
            os.link(path, place)
        except FileExistsError:
            if described(place).sha256 != described(path).sha256:
                raise KernelStorageError(
                    f"{place}: was changed since it was added; a file in use is not overwritten. "
                    "Stop the portal, remove that file, and add the kernels again"
                ) from None
    _force(target)


def faults(kernel_set):
    """What is wrong with the files of a set, as sentences; empty if they are as they were added."""
    found = []
    for file in kernel_set.kernels:
        path = folder_of(kernel_set.set_id) / file["name"]
        try:
            if described(path).sha256 != file["sha256"]:
                found.append(f"{file['name']}: was changed since it was added")
        except OSError as error:
            found.append(f"{file['name']}: cannot be read ({error.strerror or error})")
    return found


def lacks_a_file(kernel_set):
    """Whether a file of a set is not in its place, in its length; reads none."""
    for file in kernel_set.kernels:
        try:
            size = (folder_of(kernel_set.set_id) / file["name"]).stat().st_size
        except OSError:
            return True
        if size != file["size_bytes"]:
            return True
    return False


def remove_stale():
    """Remove staged folders that a killed process left; those younger than an hour stay."""
    for path in root().glob(f"{_STAGED}*"):
        if path.stat().st_mtime < time.time() - _ABANDONED_S:
            shutil.rmtree(path, ignore_errors=True)


def _force(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unable(what, error):
    return KernelStorageError(
        f"{what}: cannot be stored ({error.strerror or error}); make room or mend the folder, "
        "then add the kernels again"
    )
