"""One simulated Sun: the products agree with each other and with the truth."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from apps.core.timeaxis import DAY_MS, to_ms
from apps.simulator import archive, instrument, telemetry
from apps.simulator.activity import flares_of_day
from apps.simulator.goes import goes_class, log_flux
from apps.simulator.quicklook import PRODUCTS, samples, sky

SEED = 1
QUIET_DAY, GREAT_DAY, GAP_DAY = 19078, 19079, 19080
"""2022-03-27 to 29."""


def ms(text):
    """Milliseconds of a truth time."""
    return to_ms(datetime.fromisoformat(text))


def lightcurve(day):
    """Light curve of a day, before losses."""
    return samples(SEED, day, "ql-lightcurve")


@pytest.mark.parametrize(
    ("day", "expected"),
    [(18388, (271, 53, 75, 927, 1855)), (QUIET_DAY, (247, 49, 61, 799, 399))],
)
def test_quiet_medians_are_those_of_the_real_days(day, expected):
    medians = np.median(lightcurve(day).columns["counts"], axis=0)
    np.testing.assert_allclose(medians, expected, rtol=0.08)


def test_the_fifth_band_ends_at_150_kev_in_2020_and_at_84_from_2021():
    assert instrument.band_edges(date(2020, 5, 6))[4] == (50, 150)
    assert instrument.band_edges(date(2022, 3, 28))[4] == (50, 84)


def test_quiet_channels_add_up_to_the_bands():
    day = date(2022, 3, 28)
    bands = instrument.quiet_channels(day) @ instrument.band_matrix(day)
    np.testing.assert_allclose(bands, (248, 50, 62, 800, 400))


def test_days_follow_each_other_without_a_gap_or_a_repetition():
    for key in PRODUCTS:
        times = np.concatenate([samples(SEED, QUIET_DAY + i, key).time_ms for i in range(2)])
        assert np.unique(np.diff(times)).size == 1
        assert (
            (times[times < GREAT_DAY * DAY_MS]).size == samples(SEED, QUIET_DAY, key).time_ms.size
        )


def test_a_flare_raises_every_product_together():
    flare = max(flares_of_day(SEED, QUIET_DAY), key=lambda flare: flare.counts)
    for key, name in (
        ("ql-lightcurve", "counts"),
        ("ql-lightcurve", "triggers"),
        ("ql-variance", "variance"),
    ):
        seen = samples(SEED, QUIET_DAY, key)
        values = seen.columns[name].reshape(seen.time_ms.size, -1)[:, 0]
        near = np.abs(seen.time_ms - flare.peak_ms) < 60_000
        assert values[near].mean() > 1.2 * np.median(values) or name == "triggers"
        assert values[near].mean() > np.median(values)


def test_the_harder_bands_peak_before_the_softest_one():
    seen = sky(SEED, GREAT_DAY)
    flare = max(flares_of_day(SEED, GREAT_DAY), key=lambda flare: flare.counts)
    curves = seen.incident(seen.matrix)
    near = np.abs(seen.middle_ms - flare.peak_ms) < 1_200_000
    first, fourth = curves[near][:, 0].argmax(), curves[near][:, 3].argmax()
    assert fourth < first


def test_the_attenuator_moves_in_a_great_flare_and_takes_soft_counts_away():
    seen = lightcurve(GREAT_DAY)
    inserted = seen.columns["rcr"] == 1
    assert 0 < inserted.sum() < 7200
    assert (np.diff(inserted.astype(int)) == 1).sum() <= 3
    model = sky(SEED, GREAT_DAY)
    first = model.bins(1)
    incident = model.incident(model.matrix[:, :1])[first, 0]
    counted = seen.columns["counts"][:, 0]
    assert incident[inserted].max() > 20 * counted[inserted].min()
    assert counted[inserted].max() < instrument.ATTENUATOR_IN_ABOVE
    background = samples(SEED, GREAT_DAY, "ql-background").columns["counts"][:, 0]
    assert background.max() > 20 * np.median(background)


def test_the_attenuator_moves_with_hysteresis():
    incident = np.array([1e3, 3e4, 3e4, 1e4, 7e3, 1e3, 1e3, 1e4, 3e4])
    assert instrument.attenuator_states(incident).tolist() == [0, 0, 1, 1, 1, 1, 0, 0, 0]


def test_dead_time_takes_more_at_higher_rates():
    live = instrument.live_fraction(np.array([0, 3e3, 1e5, 1e6]))
    assert live[0] == 1
    assert (np.diff(live) < 0).all()


def test_spectra_scatter_to_detectors_that_agree_with_the_light_curve():
    spectra = samples(SEED, QUIET_DAY, "ql-spectra")
    slots = spectra.columns["detector_index"]
    assert (np.sort(slots, axis=1) == np.arange(32)).all()
    assert np.unique(slots[:, 0]).size > 1
    by_detector = np.empty_like(spectra.columns["spectra"])
    by_detector[np.arange(len(slots))[:, None], slots] = spectra.columns["spectra"]
    imagers = by_detector[:, [index for index in range(32) if index not in (8, 9)], 1:7]
    expected = np.median(lightcurve(QUIET_DAY).columns["counts"][:, 0]) * 8 / 30
    assert np.median(imagers.sum(axis=2)) == pytest.approx(expected, rel=0.1)


def test_a_slot_sees_the_sun_when_it_is_exposed():
    """The great flare is in the slots of its minutes, not in all of the row."""
    spectra = samples(SEED, GREAT_DAY, "ql-spectra")
    curve = lightcurve(GREAT_DAY)
    row = spectra.columns["spectra"][:, :, 7:12].sum(axis=(1, 2)).argmax()
    start = spectra.time_ms[row] - 16_000 + 32_000 * np.arange(32)
    exposed = [
        curve.columns["counts"][(curve.time_ms > begin) & (curve.time_ms < begin + 32_000), 1].sum()
        for begin in start
    ]
    imaging = ~np.isin(spectra.columns["detector_index"][row], (8, 9))
    measured = spectra.columns["spectra"][row, :, 7:12].sum(axis=1)
    assert np.corrcoef(np.array(exposed)[imaging], measured[imaging])[0, 1] > 0.95


def test_the_flare_flag_is_up_in_the_great_flare_and_gives_one_place():
    flags = samples(SEED, GREAT_DAY, "ql-flareflag")
    flare = max(flares_of_day(SEED, GREAT_DAY), key=lambda flare: flare.counts)
    row = np.abs(flags.time_ms - flare.peak_ms).argmin()
    assert flags.columns["thermal_index"][row] >= 2
    assert flags.columns["location_status"][row] in (1, 2)
    quiet = flags.columns["thermal_index"] == 0
    assert not flags.columns["loc_z"][quiet].any()
    assert not flags.columns["location_status"][quiet].any()


def test_goes_estimates_are_those_of_the_flare_list():
    assert goes_class(3199 - 247, 0.9871007) == "C2"
    assert goes_class(1727 - 247, 0.9882907) == "C1"
    assert goes_class(-5, 1.0) == "NA"
    assert float(log_flux(10**3.4588, 1.0)) == pytest.approx(-5.7953, abs=1e-3)


def test_the_truth_agrees_with_the_counts_within_the_noise():
    checked = 0
    for day in (QUIET_DAY, GREAT_DAY, GAP_DAY):
        curve = lightcurve(day)
        counts, errors = curve.columns["counts"], curve.columns["counts_err"]
        for flare in archive.flares_of(SEED, day):
            if not flare["isolated"] or flare["attenuator_in"]:
                continue
            index = int(np.searchsorted(curve.time_ms, ms(flare["peak"])))
            expected = flare["peak_counts"][0]
            sigma = np.hypot(np.sqrt(expected), errors[index, 0])
            assert abs(counts[index, 0] - expected) < 5 * sigma
            assert ms(flare["start"]) < ms(flare["peak"]) < ms(flare["stop"])
            checked += 1
    assert checked >= 5


def test_noise_is_that_of_counting_and_compression():
    seen = lightcurve(QUIET_DAY).columns
    expected = sky(SEED, QUIET_DAY)
    model = expected.counted(expected.matrix)[expected.bins(1)]
    pull = (seen["counts"] - model) / np.hypot(np.sqrt(model), seen["counts_err"])
    assert np.abs(pull.mean(axis=0)).max() < 0.1
    np.testing.assert_allclose(pull.std(axis=0), 1, atol=0.1)


@pytest.mark.parametrize("key", PRODUCTS)
def test_nothing_is_left_in_a_gap(key):
    whole = samples(SEED, GAP_DAY, key)
    gaps = telemetry.gaps_of_day(SEED, GAP_DAY)
    kept = telemetry.received(whole, gaps)
    assert 0 < kept.time_ms.size < whole.time_ms.size
    start, stop = kept.edges_ms
    for gap_start, gap_stop in gaps:
        assert not ((start < gap_stop) & (stop > gap_start)).any()


def test_a_gap_of_minutes_is_in_every_day_and_one_of_hours_in_one_of_three():
    for day in range(QUIET_DAY, QUIET_DAY + 30):
        lengths = [(stop - start) / 1000 for start, stop in telemetry.gaps_of_day(SEED, day)]
        assert 150 <= lengths[0] <= 900
        assert len(lengths) == (2 if day % 3 == 0 else 1)
        assert all(length >= 5400 for length in lengths[1:])


def test_another_seed_gives_another_sun():
    assert flares_of_day(1, QUIET_DAY) == flares_of_day(1, QUIET_DAY)
    assert flares_of_day(1, QUIET_DAY) != flares_of_day(2, QUIET_DAY)
    assert datetime(2022, 3, 27, tzinfo=UTC).timestamp() * 1000 == QUIET_DAY * DAY_MS
