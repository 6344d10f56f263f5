"""What a set of kernels is: files in an order, and the checksum of all of them as its name."""

import hashlib
import re
from dataclasses import asdict, dataclass
from pathlib import Path

ENDINGS = {
    **{".tls": "LSK", ".tf": "FK", ".ti": "IK", ".tpc": "PCK", ".bpc": "PCK", ".tsc": "SCLK"},
    **{".bc": "CK", ".bsp": "SPK", ".tm": "MK"},
}
"""Kind of a kernel by the ending of its name, as NAIF and ESA use them."""

ORDER = ("LSK", "FK", "IK", "PCK", "SCLK", "CK", "SPK", "MK")
"""Kinds in the order in which they are loaded; a metakernel is read, but never loaded."""

METAKERNEL = "MK"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,119}")
"""A plain name: no path, no space, nothing hidden."""

MOST_FILES = 2000
"""Files of a set; CSPICE loads up to 5300, and the mission's metakernels list some hundred."""

_DATA = re.compile(r"^\s*\\begindata\s*$(.*?)(?=^\s*\\begintext\s*$|\Z)", re.M | re.S)
_LOADS = re.compile(r"\bKERNELS_TO_LOAD\s*\+?=\s*\(([^)]*)\)", re.S)
_VERSION = re.compile(r"\bSKD_VERSION\s*=\s*\(?\s*'([^']*)'")
_CHUNK = 1 << 20


class KernelSetError(ValueError):
    """Files that make no set of kernels."""


@dataclass(frozen=True)
class KernelFile:
    """A file of a set."""

    name: str
    kind: str
    size_bytes: int
    sha256: str

    def record(self):
        """As JSON keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Metakernel:
    """What a metakernel says: its version, and the names of its kernels in order."""

    name: str
    kernels: tuple


def kind_of(name):
    """Kind of a kernel by the ending of its name; empty if it is none."""
    return ENDINGS.get(Path(name).suffix.lower(), "")


def described(path):
    """Name, kind, size and SHA-256 of a file."""
    sums, size = hashlib.sha256(), 0
    with open(path, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            sums.update(chunk)
            size += len(chunk)
    return KernelFile(Path(path).name, kind_of(path), size, sums.hexdigest())


def read_metakernel(path):
    """Version and kernels of a metakernel.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Metakernel
        Named by SKD_VERSION, or by its file where it states none.

    Raises
    ------
    KernelSetError
        If it lists no kernels.

    Notes
    -----
    It is read here and never given to CSPICE, so that it can load nothing from elsewhere.
    Source: NAIF, Kernel Required Reading, "Meta-kernels".
    """
    text = Path(path).read_text(encoding="ascii", errors="replace")
    data = "\n".join(_DATA.findall(text))
    lists = _LOADS.findall(data)
    if not lists:
        raise KernelSetError(f"{Path(path).name}: no metakernel, it has no KERNELS_TO_LOAD")
    joined = re.sub(r"\+'\s*'", "", " ".join(lists))
    names = [found.rpartition("/")[2] for found in re.findall(r"'([^']*)'", joined)]
    version = _VERSION.search(data)
    return Metakernel(version[1].strip() if version else Path(path).stem, tuple(names))


def in_order(names, metakernel=None):
    """Names of kernels in the order in which they are loaded: the later ones prevail.

    Parameters
    ----------
    names : iterable of str
    metakernel : Metakernel, optional
        Decides; what it does not list comes before, and so prevails over nothing that it lists.

    Returns
    -------
    list of str
        Without one by kind; within a kind, predicted ones before flown ones, then by name.
    """
    places = {name: place for place, name in enumerate(metakernel.kernels if metakernel else ())}

    def rank(name):
        kind = kind_of(name)
        flown = 0 if "-pred-" in name else 2 if "-flown-" in name else 1
        return (
            kind == METAKERNEL,
            name in places,
            places.get(name, 0),
            ORDER.index(kind),
            flown,
            name,
        )

    return sorted(names, key=rank)


def set_id(files):
    """SHA-256 of a set: of the sums and names of its files in order."""
    lines = "".join(f"{file.sha256}  {file.name}\n" for file in files)
    return hashlib.sha256(lines.encode("ascii")).hexdigest()


def collect(paths):
    """Kernels among files and, below folders, whatever has the ending of one.

    Parameters
    ----------
    paths : iterable of (str or Path)

    Returns
    -------
    dict
        Name to path.

    Raises
    ------
    KernelSetError
        If a path is missing, a file named is no kernel, or two files have one name.
    """
    found = {}
    for path in map(Path, paths):
        if path.is_dir():
            kernels = [one for one in sorted(path.rglob("*")) if one.is_file() and kind_of(one)]
        elif path.is_file():
            kernels = [path]
        else:
            raise KernelSetError(f"{path}: no such file or folder")
        for kernel in kernels:
            _add(found, kernel)
    if not found:
        raise KernelSetError(f"no kernels found; their names end in {', '.join(ENDINGS)}")
    return found


def require_few(found):
    """Refuse more files than a set may have.

    Raises
    ------
    KernelSetError
        Naming the number.
    """
    if len(found) > MOST_FILES:
        raise KernelSetError(f"{len(found)} files; a set has at most {MOST_FILES}")


def _add(found, path):
    if not kind_of(path):
        endings = ", ".join(ENDINGS)
        raise KernelSetError(f"{path.name}: no kernel by its name, which ends in one of {endings}")
    if not NAME.fullmatch(path.name):
        raise KernelSetError(f"{path.name!r}: not a plain name of letters, digits, . _ + and -")
    other = found.setdefault(path.name, path)
    if other != path and described(other).sha256 != described(path).sha256:
        raise KernelSetError(f"{path.name}: two different files have this name: {other}, {path}")
