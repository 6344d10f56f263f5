"""The only module that touches the files of the archive and the quarantine.

A file appears under its name whole or not at all: it is copied under a temporary name beside its
place, forced to the disk, and linked. A link never replaces another file. Temporary files are
locked while they are written, so that those of a killed process can be told and removed.
"""

import fcntl
import hashlib
import os
import re
import secrets
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

LOOSE = ("kernels", "pictures")
"""Folders of other apps that are worth a backup, every visible file in them."""

FOLDERS = ("archive", "quarantine", *LOOSE)
"""Folders of the data folder whose files are worth a backup."""

_CHUNK = 1 << 20
_TEMPORARY = re.compile(r"\.[0-9a-f]{24}\.part")
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


class StorageError(Exception):
    """The archive cannot keep a file: unsafe path, full disk, damage. Not the file's fault."""


class SourceChanged(ValueError):
    """A file changed or vanished while it was copied."""


def archive_root():
    """Folder of the archived files."""
    return settings.DATA_DIR / "archive"


def quarantine_root():
    """Folder of the refused files."""
    return settings.DATA_DIR / "quarantine"


def inbox():
    """Folder that `ingest --watch` empties."""
    return settings.DATA_DIR / "inbox"


def absolute(product):
    """Where the file of a product lies.

    Raises
    ------
    StorageError
        If its path would leave the archive.
    """
    return _inside(archive_root(), product.path)


def is_whole(product):
    """Whether the file of a product is in its place, in the length its row states."""
    try:
        return absolute(product).stat().st_size == product.size
    except (OSError, StorageError):
        return False


def chunks(product):
    """Content of a product's file, in pieces.

    Raises
    ------
    OSError
        If it vanished.
    StorageError
        If it does not have the length its row states; before a byte too many is given.
    """
    sent = 0
    for chunk in _chunks(absolute(product)):
        sent += len(chunk)
        if sent > product.size:
            break
        yield chunk
    if sent != product.size:
        raise StorageError(f"{product.path}: no longer has its {product.size} bytes")


def place(source, relative, sha256):
    """Copy a file into the archive.

    Parameters
    ----------
    source : Path
        A regular file; stays where it is.
    relative : str
        Wanted path below the archive. Where another file has it already, the file goes into a
        folder named by the first 12 digits of its checksum.
    sha256 : str
        What its content must be.

    Returns
    -------
    str
        The path it has, relative to the archive.

    Raises
    ------
    StorageError
        Unsafe path, full disk, no permission. Nothing is left behind.
    SourceChanged
        The content is no longer what `sha256` says.
    """
    folder, slash, name = relative.rpartition("/")
    elsewhere = f"{folder}{slash}{sha256[:12]}/{name}"
    for candidate in (relative, elsewhere):
        if _put(archive_root(), candidate, source, sha256):
            return candidate
    raise StorageError(
        f"{relative}: both its place and {elsewhere} hold other files; "
        "run check_archive --checksums to find the damaged one"
    )


def quarantine(source, sha256):
    """Copy a refused file into the quarantine; returns its path relative to that folder.

    Raises `StorageError` or `SourceChanged` as `place` does.
    """
    safe = re.sub(r"[^A-Za-z0-9._+-]", "_", Path(source).name)[-120:]
    relative = f"{sha256[:12]}_{safe}"
    if not _put(quarantine_root(), relative, source, sha256):
        raise StorageError(f"{relative}: the quarantine holds another file of this name")
    return relative


def put_back(folder, relative, source, sha256):
    """Put a file of a backup into its place below the data folder, or check what is there.

    Parameters
    ----------
    folder : str
        Folder of the data folder, such as ``"archive"``.
    relative : str
        Its place in there.
    source : Path
        Its copy; need not exist where the file is in its place.
    sha256 : str
        What its content must be.

    Returns
    -------
    bool
        False if other content has its place.

    Raises
    ------
    StorageError
        As `place` does.
    SourceChanged
        If the copy is missing or damaged.
    """
    if folder not in FOLDERS:
        raise StorageError(f"{folder!r} is no folder of files; there are {', '.join(FOLDERS)}")
    return _put(settings.DATA_DIR / folder, relative, source, sha256)


def discard(relative):
    """Remove a file of the archive that no row speaks of; nothing if it is gone."""
    _inside(archive_root(), relative).unlink(missing_ok=True)


def discard_quarantined(relative):
    """Remove a file of the quarantine; nothing if it is gone."""
    _inside(quarantine_root(), relative).unlink(missing_ok=True)


def first_cards(refused, most=36):
    """The first cards of a quarantined file as lines of text; empty if it is no FITS file."""
    with suppress(OSError), _inside(quarantine_root(), refused.path).open("rb") as file:
        head = file.read(80 * most)
        if head.startswith(b"SIMPLE  ="):
            text = head.decode("ascii", "replace")
            cards = [text[at : at + 80].rstrip() for at in range(0, len(text), 80)]
            return "\n".join(card for card in cards if card)
    return ""


def collect(paths):
    """Files to take in: those named, and every visible ``*.fits`` below the folders named."""
    files = []
    for path in map(Path, paths):
        if path.is_dir() and not path.is_symlink():
            files += sorted(
                found
                for found in path.rglob("*.fits")
                if not found.name.startswith(".") and not found.is_dir()
            )
        else:
            files.append(path)
    return files


def archived_files():
    """Paths of all archived files, relative to the archive, without temporary ones."""
    root = archive_root()
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            if not _TEMPORARY.fullmatch(name):
                yield (Path(folder) / name).relative_to(root).as_posix()


def remove_stale():
    """Remove temporary files that no process writes any more.

    Returns
    -------
    list of str
        Their paths relative to the data folder.
    """
    removed = []
    for root in (archive_root(), quarantine_root()):
        for folder, _, names in os.walk(root):
            for path in (Path(folder) / name for name in names if _TEMPORARY.fullmatch(name)):
                if _is_abandoned(path):
                    path.unlink(missing_ok=True)
                    removed.append(path.relative_to(settings.DATA_DIR).as_posix())
    return removed


def digest(path):
    """SHA-256 and size of a regular file, links refused; raises OSError."""
    sums, size = hashlib.sha256(), 0
    for chunk in _chunks(path):
        sums.update(chunk)
        size += len(chunk)
    return sums.hexdigest(), size


@contextmanager
def quarantined_as_delivered(refused):
    """Give the path of a quarantined file under its own name, for as long as it is looked at."""
    root = quarantine_root()
    with tempfile.TemporaryDirectory(prefix=".again-", dir=root) as folder:
        path = Path(folder, Path(refused.name).name)
        os.link(_inside(root, refused.path), path)
        yield path


def _put(root, relative, source, sha256):
    """Put a file at one place; False if another file is there already."""
    target = _inside(root, relative)
    try:
        if target.exists():
            return digest(target)[0] == sha256
        _make_folder(target.parent, settings.DATA_DIR)
        with _temporary(target.parent) as (stream, temporary):
            _copy(source, stream, sha256)
            try:
                os.link(temporary, target)
            except FileExistsError:
                return digest(target)[0] == sha256
        _force(target.parent)
    except OSError as error:
        raise StorageError(
            f"{relative}: cannot be stored ({error.strerror or error}); nothing was kept. "
            "Make room or mend the folder, then ingest again"
        ) from error
    return True


@contextmanager
def _temporary(folder):
    path = folder / f".{secrets.token_hex(12)}.part"
    with open(path, "xb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield stream, path
        finally:
            path.unlink(missing_ok=True)


def _copy(source, stream, sha256):
    sums = hashlib.sha256()
    chunks = _chunks(source)
    while chunk := _next(chunks, source):
        sums.update(chunk)
        stream.write(chunk)
    if sums.hexdigest() != sha256:
        raise SourceChanged(f"{Path(source).name}: changed while it was read; ingest it again")
    stream.flush()
    os.fsync(stream.fileno())


def _next(chunks, source):
    """The next chunk; an error here is the source's, not the archive's."""
    try:
        return next(chunks, b"")
    except OSError as error:
        raise SourceChanged(
            f"{Path(source).name}: vanished while it was read ({error.strerror or error})"
        ) from error


def _chunks(path):
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _inside(root, relative):
    """Join safely: every part plain, no link on the way."""
    path, parts = root, str(relative).split("/")
    for part in parts:
        if not _PART.fullmatch(part):
            raise StorageError(
                f"{relative!r} is no path of the archive: part {part!r} is not a plain name"
            )
        path = path / part
        if path.is_symlink():
            raise StorageError(f"{relative}: {part} is a symbolic link; the archive has none")
    return path


def _make_folder(folder, root):
    """Make a folder and its parents, each of them on the disk before the next."""
    for path in (*reversed(folder.relative_to(root).parents), folder.relative_to(root)):
        with suppress(FileExistsError):
            (root / path).mkdir()
            _force((root / path).parent)


def _force(folder):
    """Force the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_abandoned(path):
    try:
        with open(path, "rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
