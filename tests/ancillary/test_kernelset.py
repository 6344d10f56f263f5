"""What a set of kernels is: its files, their order, its checksum."""

import pytest

from apps.ancillary.kernelset import (
    KernelFile,
    KernelSetError,
    Metakernel,
    collect,
    in_order,
    kind_of,
    read_metakernel,
    set_id,
)
from tests.reference import OFFICIAL, needs_reference

META = r"""KPL/MK
KERNELS_TO_LOAD = ( 'not/in/data.bsp' )
\begindata
  PATH_VALUES = ( '/somewhere' )   PATH_SYMBOLS = ( 'KERNELS' )
  KERNELS_TO_LOAD = ( '$KERNELS/spk/a.bsp', '$KERNELS/a_very_long_+'
                      'name.bc' )
\begintext
\begindata
  KERNELS_TO_LOAD += ( '$KERNELS/lsk/b.tls' )
  SKD_VERSION = 'v9'
\begintext
"""


def test_a_metakernel_gives_version_and_order(tmp_path):
    path = tmp_path / "m.tm"
    path.write_text(META)
    assert read_metakernel(path) == Metakernel("v9", ("a.bsp", "a_very_long_name.bc", "b.tls"))


def test_without_a_version_the_file_names_the_set(tmp_path):
    path = tmp_path / "solo_ANC_soc-pred-mk_V101.tm"
    path.write_text(META.replace("SKD_VERSION", "OTHER"))
    assert read_metakernel(path).name == "solo_ANC_soc-pred-mk_V101"


@needs_reference
@pytest.mark.real
def test_the_metakernel_of_esa_is_read():
    meta = read_metakernel(next((OFFICIAL / "mk").iterdir()))
    assert meta.name == "v107_20210412_001"
    assert meta.kernels[-4].startswith("solo_ANC_soc-orbit_20200210-20301120_L004")
    assert len(meta.kernels) > 200


def test_a_metakernel_without_kernels_is_refused(tmp_path):
    path = tmp_path / "m.tm"
    path.write_text("KPL/MK\n")
    with pytest.raises(KernelSetError, match=r"m\.tm: no metakernel"):
        read_metakernel(path)


def test_kernels_are_loaded_by_kind_and_flown_after_predicted():
    names = ["o.bsp", "att-flown-1.bc", "x-pred-2.bc", "x-flown-0.bc", "m.tm", "k.tf", "l.tls"]
    expected = ["l.tls", "k.tf", "x-pred-2.bc", "att-flown-1.bc", "x-flown-0.bc", "o.bsp", "m.tm"]
    assert in_order(names) == expected


def test_the_metakernel_decides_and_what_it_does_not_list_comes_before():
    meta = Metakernel("v1", ("b.bsp", "a.tls", "absent.bc"))
    assert in_order(["a.tls", "b.bsp", "z.bc", "m.tm"], meta) == ["z.bc", "b.bsp", "a.tls", "m.tm"]


def test_the_id_of_a_set_is_of_content_names_and_order():
    first, second = KernelFile("a.tf", "FK", 1, "0" * 64), KernelFile("b.tf", "FK", 1, "1" * 64)
    renamed = KernelFile("c.tf", "FK", 1, "1" * 64)
    ids = {set_id(files) for files in ([first, second], [second, first], [first], [first, renamed])}
    assert len(ids) == 4
    assert set_id([first, second]) == set_id([KernelFile("a.tf", "FK", 9, "0" * 64), second])


def test_folders_are_searched_and_other_files_left_alone(tmp_path):
    for name in ("a/k.tf", "b/c/l.tls", "b/readme.txt", "nodes.csv"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    assert collect([tmp_path]).keys() == {"k.tf", "l.tls"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["absent.bsp"], "no such file or folder"),
        (["orbit.txt"], "no kernel by its name"),
        ([], "no kernels found"),
        (["or bit.bsp"], "not a plain name"),
        (["-o.bsp"], "not a plain name"),
        (["a/o.bsp", "b/o.bsp"], "two different files have this name"),
    ],
)
def test_what_makes_no_set_is_named(tmp_path, names, words):
    paths = [tmp_path / name for name in names]
    for path in paths:
        if path.stem != "absent":
            path.parent.mkdir(exist_ok=True)
            path.write_text(str(path))
    with pytest.raises(KernelSetError, match=words):
        collect(paths)


def test_the_same_file_twice_is_one(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "k.tf").write_text("same")
    assert collect([tmp_path / "a", tmp_path / "b"]).keys() == {"k.tf"}


def test_kinds_are_told_by_the_ending():
    assert [kind_of(name) for name in ("a.BSP", "b.bc", "c.fits")] == ["SPK", "CK", ""]
