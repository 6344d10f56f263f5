"""How the FITS files are laid out: columns, formats and units, product by product.

As read from the real level 1 files of 2020-05-06; `apps.archive.fitswriter` writes them.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Field:
    """One table column: name, FITS letter, shape of one cell, unit, whether signed.

    ``I`` and ``J`` are unsigned (with TZERO) unless `signed`; an unsigned column is written with
    the next wider letter where its values need it.
    """

    name: str
    letter: str
    shape: tuple[int, ...] = ()
    unit: str = ""
    signed: bool = False


@dataclass(frozen=True)
class Layout:
    """One product: identification, columns of DATA, columns of CONTROL after the common ones.

    `constants` gives the CONTROL values that do not depend on the samples, `packet_samples` the
    samples of one telemetry packet (one CONTROL row), `measure` the column that DATAMIN, DATAMAX
    describe, `letters` the FITS letters of common columns that this product writes otherwise.
    """

    ssid: int
    data: tuple[Field, ...]
    control: tuple[Field, ...]
    constants: dict
    packet_samples: int
    measure: str
    bunit: str = ""
    letters: dict = field(default_factory=dict)


CONTROL_INDEX = Field("control_index", "B")
TIMES = (Field("time", "J", unit="cs"), Field("timedel", "J", unit="cs"))
CONTROL_START = (
    Field("scet_coarse", "J"),
    Field("scet_fine", "K"),
    Field("integration_time", "D", unit="s"),
    Field("index", "B"),
    Field("raw_file", "A"),
    Field("packet", "K"),
    Field("parent", "A"),
)
DETECTOR_MASK = Field("detector_mask", "B", (32,))
PIXEL_MASK = Field("pixel_mask", "B", (12,))
EDGE_MASK = Field("energy_bin_edge_mask", "B", (33,))
NUM_ENERGIES = Field("num_energies", "K")
NUM_SAMPLES = Field("num_samples", "K")
BAND_COUNTS = (
    Field("counts", "D", (5,), "count"),
    Field("counts_err", "E", (5,), "count"),
)
SKM = (0, 5, 3)
"""On-board compression of all quick-look products: sign, exponent and mantissa bits."""


def _scheme(name):
    return Field(f"compression_scheme_{name}_skm", "B", (3,))


_SCHEMES = {
    f"compression_scheme_{name}_skm": SKM for name in ("counts", "triggers", "spectra", "variance")
}
_IMAGERS = tuple(int(index not in (8, 9)) for index in range(32))

LAYOUTS = {
    "ql-lightcurve": Layout(
        ssid=30,
        data=(
            CONTROL_INDEX,
            *TIMES,
            Field("triggers", "I", (1,)),
            Field("triggers_err", "E", (1,)),
            Field("rcr", "B"),
            *BAND_COUNTS,
        ),
        control=(
            DETECTOR_MASK,
            PIXEL_MASK,
            EDGE_MASK,
            NUM_ENERGIES,
            NUM_SAMPLES,
            _scheme("counts"),
            _scheme("triggers"),
        ),
        constants={"detector_mask": 1, "pixel_mask": 1, "num_energies": 5, **_SCHEMES},
        packet_samples=580,
        measure="counts",
        bunit="counts",
    ),
    "ql-background": Layout(
        ssid=31,
        data=(
            CONTROL_INDEX,
            *TIMES,
            Field("triggers", "J", (1,)),
            Field("triggers_err", "E", (1,)),
            *BAND_COUNTS,
        ),
        control=(EDGE_MASK, NUM_ENERGIES, NUM_SAMPLES, _scheme("counts"), _scheme("triggers")),
        constants={"num_energies": 5, **_SCHEMES},
        packet_samples=678,
        measure="counts",
        bunit="counts",
    ),
    "ql-variance": Layout(
        ssid=33,
        data=(
            *TIMES,
            CONTROL_INDEX,
            Field("variance", "I", (1,)),
            Field("variance_err", "E", (1,)),
        ),
        control=(
            Field("samples_per_variance", "B"),
            PIXEL_MASK,
            DETECTOR_MASK,
            _scheme("variance"),
            Field("energy_bin_mask", "L", (32,)),
            NUM_ENERGIES,
            NUM_SAMPLES,
        ),
        constants={
            "samples_per_variance": 40,
            "pixel_mask": 1,
            "detector_mask": _IMAGERS,
            "energy_bin_mask": tuple(1 <= channel <= 14 for channel in range(32)),
            "num_energies": 1,
            **_SCHEMES,
        },
        packet_samples=4073,
        measure="variance",
    ),
    "ql-spectra": Layout(
        ssid=32,
        data=(
            CONTROL_INDEX,
            *TIMES,
            Field("detector_index", "B", (32,)),
            Field("spectra", "D", (32, 32), "count"),
            Field("spectra_err", "E", (32, 32)),
            Field("triggers", "J", (32,)),
            Field("triggers_err", "E", (32,)),
            Field("num_integrations", "B", (32,)),
        ),
        control=(PIXEL_MASK, _scheme("spectra"), _scheme("triggers"), NUM_ENERGIES, NUM_SAMPLES),
        constants={"pixel_mask": 1, "num_energies": 32, **_SCHEMES},
        packet_samples=4,
        measure="spectra",
        bunit="counts",
    ),
    "ql-flareflag": Layout(
        ssid=34,
        data=(
            CONTROL_INDEX,
            *TIMES,
            Field("loc_z", "I", signed=True),
            Field("loc_y", "I", signed=True),
            Field("thermal_index", "I", (1,), signed=True),
            Field("non_thermal_index", "I", (1,), signed=True),
            Field("location_status", "I", (1,), signed=True),
        ),
        control=(NUM_SAMPLES,),
        constants={},
        packet_samples=84,
        measure="thermal_index",
    ),
    "cal-energy": Layout(
        ssid=41,
        data=(
            *TIMES,
            Field("counts", "I", (32, 12, 1024), "count"),
            Field("counts_err", "E", (32, 12, 1024), "count"),
            Field("control_index", "I"),
        ),
        control=(
            Field("quiet_time", "D", unit="s"),
            Field("live_time", "D", unit="ms"),
            Field("average_temperature", "D", unit="K"),
            DETECTOR_MASK,
            PIXEL_MASK,
            Field("subspectrum_mask", "B", (8,)),
            _scheme("counts"),
            Field("num_samples", "I"),
            Field("subspec_num_points", "I", (8,)),
            Field("subspec_num_summed_channel", "I", (8,)),
            Field("subspec_lowest_channel", "I", (8,)),
            Field("num_channels", "K"),
        ),
        constants={
            "detector_mask": 1,
            "pixel_mask": 1,
            "subspectrum_mask": (1, *[0] * 7),
            "compression_scheme_counts_skm": (0, 4, 4),
            "subspec_num_points": (1024, *[1] * 7),
            "subspec_num_summed_channel": 1,
            "subspec_lowest_channel": 0,
            "num_channels": 1024,
        },
        packet_samples=1,
        measure="counts",
        bunit="counts",
        letters={"scet_fine": "J", "index": "K"},
    ),
}
"""The products this writer knows, by product key."""
