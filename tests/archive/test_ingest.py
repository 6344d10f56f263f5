"""Taking files in: once, in the right place, with the right access, and nothing bad."""

import os
import shutil
from datetime import timedelta

import pytest
from django.db import OperationalError, connection

from apps.archive import ingest, storage
from apps.archive.ingest import ingest_file, ingest_paths
from apps.archive.models import DataProduct, IngestRun, Quarantined, Series, SeriesBlock
from apps.core.registry import readers
from apps.core.timeaxis import TimeRange
from tests.archive import smallfits
from tests.archive.test_storage import everything
from tests.reference import REFERENCE, needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]
STEM = "solo_L1_stix-ql-lightcurve_20220328"


def a_version(folder, version="01", counts=271, **changes):
    """A light-curve file in a version; the U of ``02U`` goes into the name."""
    header = smallfits.cards(VERSION=version.removesuffix("U"), **changes)
    name = smallfits.NAME.format(version=version)
    return smallfits.write(folder, name, header=header, data=smallfits.columns(counts=counts))


def stored_counts():
    """Total counts of the stored light curve, lowest band."""
    samples = SeriesBlock.objects.series("ql-lightcurve").samples(a_day())
    return int(samples.mean["counts"][:, 0].sum()) if len(samples.time) else 0


def a_day():
    """The UTC day of the small files."""
    start = DataProduct.objects.earliest("start").start
    return TimeRange(start, start + timedelta(days=1))


def test_a_file_is_placed_recorded_and_dispatched(tmp_path, data_dir):
    outcome = ingest_file(a_version(tmp_path))
    product = DataProduct.objects.get()
    assert (outcome.status, outcome.product) == ("taken in", product)
    assert product.path == f"L1/2022/03/28/QL/{STEM}_V01.fits"
    assert storage.absolute(product).is_file()
    assert (product.access, product.dispatched, product.superseded) == ("public", True, False)
    assert (product.stem, product.version_label, product.report) == (STEM, "V01", [])
    assert stored_counts() == 30 * 271
    run = IngestRun.objects.get()
    assert (run.outcome, run.product) == ("taken in", product)
    assert run.seconds > 0


def test_the_same_file_twice_changes_nothing(tmp_path, data_dir):
    path = a_version(tmp_path)
    ingest_file(path)
    generation = Series.objects.get(key="ql-lightcurve").generation
    copy = shutil.copy(path, tmp_path / smallfits.NAME.format(version="07"))
    assert [ingest_file(path).status, ingest_file(copy).status] == ["known", "known"]
    assert DataProduct.objects.count() == 1
    assert everything(data_dir / "archive") == [DataProduct.objects.get().path]
    assert Series.objects.get(key="ql-lightcurve").generation == generation


def test_a_lost_file_is_restored_when_it_is_offered_again(tmp_path):
    path = a_version(tmp_path)
    product = ingest_file(path).product
    storage.absolute(product).unlink()
    assert ingest_file(path).status == "known"
    assert storage.absolute(product).is_file()


def test_the_same_name_with_other_content_is_another_file(tmp_path):
    first = ingest_file(a_version(tmp_path / "a", counts=100)).product
    later = a_version(tmp_path / "b", counts=200, DATE="2022-04-01T00:00:00")
    second = ingest_file(later).product
    assert first.name == second.name
    assert second.path == f"L1/2022/03/28/QL/{second.sha256[:12]}/{second.name}"
    assert storage.absolute(first).is_file()
    assert DataProduct.objects.latest().get() == second
    assert stored_counts() == 30 * 200


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1)])
def test_the_best_version_stands_whatever_the_order_of_arrival(tmp_path, order):
    versions = [("01", 100), ("02U", 200), ("02", 300)]
    for index in order:
        version, counts = versions[index]
        assert ingest_file(a_version(tmp_path, version, counts)).status == "taken in"
    assert DataProduct.objects.latest().get().version_label == "V02"
    assert DataProduct.objects.count() == 3
    assert stored_counts() == 30 * 300


def test_a_superseded_file_stays_at_its_address_and_says_where_the_better_one_is(tmp_path, visitor):
    path = a_version(tmp_path, "01")
    old = ingest_file(path).product
    new = ingest_file(a_version(tmp_path, "02", 300)).product
    response = visitor.get(old.get_download_url())
    assert b"".join(response) == path.read_bytes()
    stable = f"/data/latest/{STEM}.fits"
    assert visitor.get(stable).headers["Location"] == new.get_download_url()
    page = visitor.get(old.get_absolute_url()).content.decode()
    assert "A better version of this product is in the archive" in page
    assert f'href="{new.get_absolute_url()}"' in page
    assert "A better version" not in visitor.get(new.get_absolute_url()).content.decode()


def test_a_new_version_takes_the_access_that_a_curator_gave_the_old_one(tmp_path, now):
    ingest_file(a_version(tmp_path, "01"))
    DataProduct.objects.update(access="embargoed", release_at=now)
    product = ingest_file(a_version(tmp_path, "02", 300)).product
    assert (product.access, product.release_at) == ("embargoed", now)
    assert set(SeriesBlock.objects.values_list("access", flat=True)) == {"embargoed"}


def test_a_new_version_is_never_less_public_than_the_one_it_replaces(tmp_path):
    for version in ("01", "02"):
        arrays = smallfits.columns(counts=int(version))
        header = smallfits.cards(LEVEL="L0", VERSION=version)
        name = f"solo_L0_stix-ql-lightcurve_20220328_V{version}.fits"
        product = ingest_file(smallfits.write(tmp_path, name, header=header, data=arrays)).product
        assert product.access == ("team" if version == "01" else "public")
        DataProduct.objects.update(access="public")


def test_an_older_version_that_comes_late_is_no_more_public_than_the_one_that_stands(tmp_path):
    ingest_file(a_version(tmp_path, "02", 300))
    DataProduct.objects.update(access="team")
    product = ingest_file(a_version(tmp_path, "01")).product
    assert (product.access, product.superseded) == ("team", True)


def test_simulated_files_are_refused_where_the_portal_is_no_demonstration(tmp_path, settings):
    path = a_version(tmp_path, SIMULATD=True)
    settings.DEMO = False
    outcome = ingest_file(path)
    assert outcome.status == "refused"
    assert "this portal is not a demonstration" in outcome.reason
    settings.DEMO = True
    outcome = ingest_file(path)
    assert (outcome.status, outcome.product.simulated) == ("taken in", True)


def test_a_file_refused_once_and_taken_in_later_leaves_the_quarantine(
    tmp_path, settings, data_dir, django_capture_on_commit_callbacks
):
    path = a_version(tmp_path, SIMULATD=True)
    settings.DEMO = False
    ingest_file(path)
    assert len(everything(data_dir / "quarantine")) == 1
    settings.DEMO = True
    with django_capture_on_commit_callbacks(execute=True):
        ingest_file(path)
    assert not Quarantined.objects.exists()
    assert everything(data_dir / "quarantine") == []


BAD = {
    "zero.fits": lambda path: path.write_bytes(b""),
    "text.fits": lambda path: path.write_text("counts,rate"),
    "truncated.fits": lambda path: os.truncate(smallfits.write(path.parent, path.name), 9000),
    "telescope.fits": lambda path: smallfits.write(
        path.parent, path.name, header=smallfits.cards(TELESCOP="HESSI")
    ),
    "column.fits": lambda path: smallfits.write(
        path.parent, path.name, data=smallfits.columns(counts=None, rcr=None, triggers=None)
    ),
    "hdu.fits": lambda path: smallfits.write(path.parent, path.name, without=("ENERGIES",)),
    "1970.fits": lambda path: smallfits.write(
        path.parent, path.name, header=smallfits.cards(DATE__BEG="1970-01-01T00:00:00")
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_goes_to_the_quarantine_once_with_its_reason(tmp_path, data_dir, name):
    path = tmp_path / "given" / name
    path.parent.mkdir()
    BAD[name](path)
    outcomes = [ingest_file(path), ingest_file(path)]
    assert [outcome.status for outcome in outcomes] == ["refused", "refused"]
    refused = Quarantined.objects.get()
    assert (refused.name, refused.reason) == (name, outcomes[0].reason)
    assert name in refused.reason
    assert everything(data_dir) == [f"quarantine/{refused.path}"]
    assert not DataProduct.objects.exists()
    assert set(IngestRun.objects.values_list("outcome", flat=True)) == {"refused"}
    assert path.exists()


def test_a_file_that_its_capability_cannot_read_leaves_no_trace_in_the_archive(tmp_path, data_dir):
    arrays = smallfits.columns(triggers=[b"x"] * 30)
    outcome = ingest_file(smallfits.write(tmp_path, data=arrays))
    assert outcome.status == "refused"
    assert not DataProduct.objects.exists()
    assert not SeriesBlock.objects.exists()
    assert [path.split("/")[0] for path in everything(data_dir)] == ["quarantine"]


def test_a_symbolic_link_is_refused_and_what_it_points_to_is_not_copied(tmp_path, data_dir):
    (tmp_path / "secret").write_text("password")
    for target in (tmp_path / "secret", a_version(tmp_path / "x"), tmp_path):
        link = tmp_path / f"link-{target.name}.fits"
        link.symlink_to(target)
        outcome = ingest_file(link)
        assert outcome.status == "refused"
        assert "a symbolic link is not followed" in outcome.reason
    assert everything(data_dir) == []
    assert not Quarantined.objects.exists()


def test_a_name_that_is_no_text_is_refused_in_text(tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff\n.fits"
    with open(path, "wb") as stream:
        stream.write(b"no FITS")
    outcome = ingest_file(os.fsdecode(path))
    assert outcome.status == "refused"
    assert Quarantined.objects.get().name == "??.fits"


def test_a_file_deleted_before_or_while_it_is_read_leaves_no_row(tmp_path, monkeypatch):
    path = a_version(tmp_path)
    describe = ingest.products.identify

    def vanishing(description):
        path.unlink()
        return describe(description)

    monkeypatch.setattr(ingest.products, "identify", vanishing)
    outcomes = [ingest_file(path), ingest_file(path)]
    assert "vanished while it was read" in outcomes[0].reason
    assert "cannot be read (No such file or directory)" in outcomes[1].reason
    counts = [model.objects.count() for model in (DataProduct, Quarantined, IngestRun)]
    assert counts == [0, 0, 0]


def test_a_lost_database_leaves_a_file_that_can_be_offered_again(tmp_path, data_dir):
    path = a_version(tmp_path)

    def lost(execute, sql, params, many, context):
        if 'INSERT INTO "archive_dataproduct"' in sql:
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(lost), pytest.raises(OperationalError):
        ingest_file(path)
    assert not DataProduct.objects.exists()
    assert len(everything(data_dir / "archive")) == 1
    assert ingest_file(path).status == "taken in"


def test_a_damaged_archived_file_is_the_archives_fault_and_not_that_of_the_new_one(tmp_path):
    old = ingest_file(a_version(tmp_path, "01")).product
    storage.absolute(old).write_bytes(b"SIMPLE  = damaged")
    name = "solo_L1_stix-ql-lightcurve_20220328T000000-20220328T000200_V01.fits"
    other = smallfits.write(tmp_path, name, data=smallfits.columns(counts=5))
    with pytest.raises(storage.StorageError, match=f"archived file {old.path}: .* cannot be read"):
        ingest_file(other)
    assert DataProduct.objects.get() == old
    assert not Quarantined.objects.exists()


def test_a_folder_gives_its_fits_files_and_not_the_junk_of_other_systems(tmp_path):
    a_version(tmp_path / "in" / "deep")
    (tmp_path / "in" / "._junk.fits").write_bytes(b"\0\5\x16\7")
    (tmp_path / "in" / "readme.txt").write_text("hello")
    seen = []
    outcomes = ingest_paths([tmp_path / "in"], lambda *progress: seen.append(progress[:2]))
    assert [outcome.status for outcome in outcomes] == ["taken in"]
    assert seen == [(1, 1)]


def test_files_of_a_capability_that_came_later_are_dispatched_again(tmp_path, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(readers, "_entries", {})
        ingest_file(a_version(tmp_path))
        assert not DataProduct.objects.get().dispatched
        assert ingest.dispatch_again("ql-lightcurve") == 0
    assert (stored_counts(), DataProduct.objects.get().dispatched) == (0, False)
    assert ingest.dispatch_again("ql-lightcurve") == 1
    assert stored_counts() == 30 * 271
    assert ingest.dispatch_again("ql-lightcurve") == 0
    assert ingest.dispatch_again("hk-maxi") == 0


@pytest.mark.real
@needs_reference
def test_all_real_stix_files_are_taken_in_and_the_two_made_for_analysis_refused():
    outcomes = ingest_paths([REFERENCE / "fits"])
    refused = [outcome.name for outcome in outcomes if outcome.status == "refused"]
    assert refused == ["stx_spectrum_20220723_122031.fits", "stx_srm_full.fits"]
    assert len(outcomes) == 19
    assert DataProduct.objects.count() == 17
    assert {product.access for product in DataProduct.objects.all()} == {"public"}
