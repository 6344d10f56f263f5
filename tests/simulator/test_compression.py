"""The on-board compression: exact, bounded, and equal to what the real files hold."""

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from apps.simulator.compression import compress, decompress, transmitted
from tests.reference import REFERENCE, needs_reference

UNSIGNED = st.tuples(st.just(0), st.integers(1, 5), st.integers(0, 8))
SIGNED = st.tuples(st.just(1), st.integers(1, 5), st.integers(0, 8))


def largest(scheme):
    """Largest value a scheme can hold."""
    return (1 << (scheme[2] + (1 << scheme[1]) - 1)) - 1


@given(scheme=UNSIGNED, share=st.floats(0, 1))
def test_a_value_comes_back_within_half_its_interval(scheme, share):
    value = int(largest(scheme) * share**8)
    sent, error = transmitted([value], scheme)
    if value < 2 ** (scheme[2] + 1):
        assert (sent[0], error[0]) == (value, 0)
    else:
        width = 2 ** (value.bit_length() - 1 - scheme[2])
        assert abs(int(sent[0]) - value) <= width // 2
        assert value // width == sent[0] // width


@given(scheme=UNSIGNED, exponent=st.integers(1, 12), mantissa=st.integers(0, 255))
def test_the_error_is_the_root_mean_square_distance_in_the_interval(scheme, exponent, mantissa):
    _, exponent_bits, mantissa_bits = scheme
    exponent = min(exponent, (1 << exponent_bits) - 2)
    if exponent < 1:
        return
    first = ((1 << mantissa_bits) + mantissa % (1 << mantissa_bits)) << exponent
    interval = np.arange(first, first + (1 << exponent))
    sent, error = transmitted(interval, scheme)
    assert np.unique(sent).size == 1
    assert error[0] == pytest.approx(np.sqrt(np.mean((interval - sent) ** 2.0)), rel=1e-6)
    assert error[0] == pytest.approx(np.sqrt((4**exponent + 2) / 12), rel=1e-6)


@given(scheme=st.one_of(UNSIGNED, SIGNED), code=st.integers(0, 2**14 - 1))
def test_every_code_comes_back_from_its_value(scheme, code):
    code %= 1 << sum(scheme)
    if scheme[0] and code == 1 << (sum(scheme) - 1):
        return  # minus zero has no value of its own
    value, _ = decompress([code], scheme)
    assert compress(value, scheme)[0] == code


@given(scheme=SIGNED, share=st.floats(-1, 1))
def test_a_negative_value_mirrors_the_positive_one(scheme, share):
    value = int(largest(scheme) * share)
    assert transmitted([-value], scheme)[0][0] == -transmitted([value], scheme)[0][0]


@pytest.mark.parametrize(
    ("value", "scheme"), [(-1, (0, 5, 3)), (2**34, (0, 5, 3)), (5, (0, 6, 3)), (5, (2, 5, 3))]
)
def test_a_value_or_scheme_that_does_not_fit_is_refused(value, scheme):
    with pytest.raises(ValueError, match="expected"):
        compress([value], scheme)


def test_a_code_that_is_too_long_is_refused():
    with pytest.raises(ValueError, match="codes 256 to 256, expected 0 to 255"):
        decompress([256])


@pytest.mark.real
@needs_reference
@pytest.mark.parametrize("product", ["lightcurve", "background", "variance", "spectra"])
def test_real_counts_only_take_values_of_the_scheme_and_their_errors(product):
    path = REFERENCE / "fits" / f"solo_L1_stix-ql-{product}_20200506_V01.fits"
    with fits.open(path) as hdus:
        table = hdus["DATA"].data
        for name in {"counts", "triggers", "variance", "spectra"} & set(table.names):
            sent, error = transmitted(table[name].astype(np.int64))
            np.testing.assert_array_equal(sent, table[name])
            np.testing.assert_allclose(error, table[f"{name}_err"], rtol=1e-6)
