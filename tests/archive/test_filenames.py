"""The grammar of file names, with the quirks of real ones."""

import pytest

from apps.archive import filenames


@pytest.mark.parametrize(
    ("name", "stem", "version", "complete"),
    [
        ("solo_L1_stix-ql-lightcurve_20200506_V01", "solo_L1_stix-ql-lightcurve_20200506", 1, True),
        (
            "solo_L1_stix-ql-lightcurve_20200506_V02U",
            "solo_L1_stix-ql-lightcurve_20200506",
            2,
            False,
        ),
        (
            "solo_L1_stix-ql-ql-tmstatusflarelist_20200506_V01",
            "solo_L1_stix-ql-tmstatusflarelist_20200506",
            1,
            True,
        ),
        (
            "solo_L1_stix-sci-xray-scpd_20200505T235959-20200506T000019_V01_87031810-50884",
            "solo_L1_stix-sci-xray-scpd_20200505T235959-20200506T000019_0087031810-50884",
            1,
            True,
        ),
        (
            "solo_L1A_stix-sci-spectrogram-2207238956_20220723T122007-20220723T182511_079258_V01",
            "solo_L1A_stix-sci-spectrogram_20220723T122007-20220723T182511_2207238956",
            1,
            True,
        ),
        (
            "solo_L1_stix-ql-spectrogram_20200609T150837__incomplete_00051",
            "solo_L1_stix-ql-spectrogram_20200609T150837",
            None,
            False,
        ),
        (
            "solo_LL01_stix-ql-lightcurve_0678538800-0678542400_V202107021530C",
            "solo_LL01_stix-ql-lightcurve_0678538800-0678542400",
            1,
            True,
        ),
        (
            "solo_L3_stix-flarelist-sdc_20220301T000000-20220401T000000_V02",
            "solo_L3_stix-flarelist-sdc_20220301T000000-20220401T000000",
            2,
            True,
        ),
    ],
)
def test_names_of_one_product_share_a_stem(name, stem, version, complete):
    parsed = filenames.parse(name + ".fits")
    assert (parsed.stem, parsed.version, parsed.complete) == (stem, version, complete)


def test_a_padded_and_an_unpadded_request_id_are_the_same_product():
    padded = "solo_L1_stix-sci-xray-cpd_20200505T235959-20200506T000019_V02_0087031809-50883.fits"
    assert filenames.parse(padded).stem == filenames.parse(padded.replace("_00870", "_870")).stem


@pytest.mark.parametrize(
    "name", ["", "x.fits", "../solo_L1_stix-ql-a_20200506_V01.fits", "a b.fits"]
)
def test_other_names_are_no_stix_names(name):
    assert filenames.parse(name) is None


@pytest.mark.parametrize(
    "name", ["../a.fits", "a/b.fits", ".a.fits", "a\n.fits", "a" * 200 + ".fits"]
)
def test_a_name_that_could_leave_its_folder_is_not_safe(name):
    assert not filenames.is_safe(name)
