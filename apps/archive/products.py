"""The product types of STIX, and how to recognise one from the headers of a file.

One entry for every product the instrument's pipelines write, also for those whose pages come
later. A capability registers how to read its types in `core.registry.readers`.
"""

from apps.archive.producttype import PACKET_LEVELS, ProductType, UnknownProduct

__all__ = ["PRODUCTS", "ProductType", "UnknownProduct", "identify", "named"]

_QUICK_LOOK_LEVELS = (*PACKET_LEVELS, "L2", "LL01", "LL02", "LL03")
_TIMED = {"time": None, "timedel": None}
_BANDS = ("CONTROL", "DATA", "ENERGIES")


def _quick_look(key, ssid, title, description, columns, synonyms, hdus=_BANDS):
    return ProductType(
        key=key,
        title=title,
        description=description,
        category="Quick look",
        group="QL",
        identity=(21, 6, ssid),
        levels=_QUICK_LOOK_LEVELS,
        synonyms=("QUICKLOOK", *synonyms),
        columns=_TIMED | columns,
        hdus=hdus,
    )


def _science(key, ssid, title, description, columns, synonyms, hdus=_BANDS):
    return ProductType(
        key=key,
        title=title,
        description=description,
        category="Science",
        group="SCI",
        identity=(21, 6, ssid),
        unit="request",
        synonyms=("SCIENCE DATA", *synonyms),
        columns=_TIMED | columns,
        hdus=hdus,
    )


def _housekeeping(key, ssid, title, description, synonyms):
    return ProductType(
        key=key,
        title=title,
        description=description,
        category="Housekeeping",
        group="HK",
        identity=(3, 25, ssid),
        levels=(*PACKET_LEVELS, "L2"),
        synonyms=("HOUSEKEEPING", *synonyms),
        columns={"time": None},
    )


def _derived(key, ssid, title, description, category, group, **rest):
    return ProductType(
        key=key,
        title=title,
        description=description,
        category=category,
        group=group,
        identity=(0, 0, ssid),
        **rest,
    )


def _flare_list(key, ssid, title, description):
    return _derived(
        key,
        ssid,
        title,
        description,
        "Flares",
        "FLARELIST",
        levels=("L3",),
        unit="month",
        synonyms=("FLARE LIST",),
        hdus=("DATA",),
    )


_TYPES = (
    _quick_look(
        "ql-lightcurve",
        30,
        "Quick-look light curves",
        "Counts in five energy bands, summed over the imaging detectors, every 4 s.",
        {"counts": (5,), "triggers": None, "rcr": ()},
        ("LIGHT CURVES", "ql_light_curves", "LC"),
    ),
    _quick_look(
        "ql-background",
        31,
        "Background monitor",
        "Counts of the unattenuated background detector in five energy bands, every 8 s.",
        {"counts": (5,), "triggers": None},
        ("BACKGROUND", "ql_background", "BKGM"),
    ),
    _quick_look(
        "ql-spectra",
        32,
        "Quick-look spectra",
        "A 32-channel spectrum of each detector in turn, all detectors in about 17 minutes.",
        {"spectra": (32, 32), "detector_index": (32,), "triggers": None},
        ("SPECTRA", "ql-spectrogram", "ql_spectrogram", "SPEC"),
    ),
    _quick_look(
        "ql-variance",
        33,
        "Count variance",
        "Variance of the counts in forty samples of 0.1 s, every 4 s.",
        {"variance": None},
        ("VARIANCE", "ql_variance", "VAR"),
    ),
    _quick_look(
        "ql-flareflag",
        34,
        "Flare flag and location",
        "The on-board detection of flares: size, hardness and coarse location.",
        {"loc_z": None, "loc_y": None, "thermal_index": None, "location_status": None},
        ("FLARE FLAG", "flareflag_location", "LOC"),
        hdus=("CONTROL", "DATA"),
    ),
    _quick_look(
        "ql-tmstatusflarelist",
        43,
        "Telemetry status and on-board flare list",
        "State of the telemetry buffers and the flares the instrument listed on board.",
        {"ubsd": None, "pald": None},
        ("TM STATUS", "tm_status_and_flare_list"),
        hdus=("CONTROL", "DATA"),
    ),
    ProductType(
        key="cal-energy",
        title="Calibration spectra",
        description="Spectra of the on-board barium source of every pixel in 1024 ADC channels.",
        category="Calibration",
        group="CAL",
        identity=(21, 6, 41),
        synonyms=("CALIBRATION", "ql-calibration-spectrum", "calibration_spectrum"),
        columns=_TIMED | {"counts": (32, 12, 1024)},
        hdus=_BANDS,
    ),
    ProductType(
        key="cal-energy-fit",
        title="Energy calibration",
        description="Fitted gain and offset of every pixel, one file for a calibration run.",
        category="Calibration",
        group="CAL",
        identity=(21, 6, 41),
        levels=("CAL", "L2"),
        unit="run",
        synonyms=("CALIBRATION",),
        columns={"gain": None, "offset": None},
        hdus=("DATA",),
    ),
    _housekeeping(
        "hk-mini", 1, "Short housekeeping report", "Main temperatures and voltages.", ("hk_mini",)
    ),
    _housekeeping(
        "hk-maxi",
        2,
        "Housekeeping report",
        "Modes, temperatures, voltages, currents and counters of the instrument, every 64 s.",
        ("hk_maxi",),
    ),
    _science(
        "sci-xray-rpd",
        20,
        "Raw pixel data",
        "Counts of every pixel and energy channel without compression.",
        {"counts": None, "triggers": (16,), "pixel_masks": None},
        ("xray_l0_user", "sci-xray-l0", "L0 pixel data"),
    ),
    _science(
        "sci-xray-cpd",
        21,
        "Pixel data",
        "Counts of every pixel and energy channel: imaging and spectroscopy.",
        {"counts": None, "triggers": (16,), "pixel_masks": None},
        ("xray_l1_user", "sci-xray-l1", "compressed pixel data"),
    ),
    _science(
        "sci-xray-scpd",
        22,
        "Summed pixel data",
        "Counts of pixels summed on board to four or five groups a detector.",
        {"counts": None, "triggers": (16,), "pixel_masks": None},
        ("xray_l2_user", "sci-xray-l2", "sci-xray-spd", "summed compressed pixel data"),
    ),
    _science(
        "sci-xray-vis",
        23,
        "Visibilities",
        "Visibilities calculated on board for each detector and energy range.",
        {},
        ("xray_l3_user", "sci-xray-l3"),
        hdus=("CONTROL", "DATA"),
    ),
    _science(
        "sci-xray-spec",
        24,
        "Spectrogram",
        "Counts in energy channels summed over detectors, with time bins that adapt.",
        {"counts": None, "triggers": None},
        ("spectrogram_user", "sci-spectrogram", "sci-xray-l4", "L4"),
    ),
    _science(
        "sci-aspect-burst",
        42,
        "Aspect burst",
        "Signals of the four aspect photodiodes at high cadence.",
        {"cha_diode0": None, "chb_diode0": None},
        ("ASPECT", "sci-burst-aspect", "aspect"),
        hdus=("CONTROL", "DATA"),
    ),
    _derived(
        "asp-ephemeris",
        1,
        "Aspect and ephemeris",
        "Pointing from the aspect system and the position of Solar Orbiter, every 64 s.",
        "Ancillary",
        "ASP",
        levels=("ANC", "L2"),
        synonyms=("AUX", "auxiliary", "aux-ephemeris", "aux-auxiliary"),
        columns=_TIMED | {"y_srf": None, "z_srf": None},
        hdus=("DATA",),
        other_groups={"L2": "AUX"},
    ),
    _flare_list("flarelist-sdc", 2, "Flare list", "Flares found in the quick-look light curves."),
    _flare_list(
        "flarelist-sdcloc", 3, "Flare list with locations", "Flares with coarse locations."
    ),
    _flare_list(
        "flarelist-sdclocimg", 4, "Flare list with images", "Flares with locations from images."
    ),
    _flare_list("flarelist-sc", 6, "Pipeline flare list", "Flares found by the pipeline."),
    _flare_list(
        "flarelist-scloc", 7, "Pipeline flare list with locations", "The same with locations."
    ),
    _flare_list(
        "flarelist-sclocimg", 8, "Pipeline flare list with images", "The same with image locations."
    ),
    _derived(
        "img-preview",
        5,
        "Preview image",
        "An image of a flare made automatically, not yet looked at by a scientist.",
        "Images",
        "IMG",
        levels=("L3",),
        unit="flare",
        synonyms=("peek-preview",),
        hdus=(),
    ),
)

PRODUCTS = {product_type.key: product_type for product_type in _TYPES}
"""Every product type by key, in the order pages list them."""


def identify(description):
    """Tell which product a file is, from its headers and columns.

    Parameters
    ----------
    description : fitsfile.Description

    Returns
    -------
    ProductType

    Raises
    ------
    UnknownProduct
        With the reason: no such product, an extension or column missing, or a name that belongs
        to another product.
    """
    if description.ssid is not None:
        found = _by_cards(description)
    else:
        found = PRODUCTS.get(_sniff(description.columns)) or named(description.file_product)
        if found is None:
            raise UnknownProduct(
                f"{description.name}: no STYPE, SSTYPE, SSID cards, and the columns of DATA "
                f"({', '.join(list(description.columns)[:8]) or 'none'}) belong to no STIX product"
            )
    _refuse_foreign_name(description, found)
    found.require(description)
    return found


def named(text):
    """The product type that file names call so, or None.

    Examples
    --------
    >>> named("sci-spectrogram").key
    'sci-xray-spec'
    """
    if text in PRODUCTS:
        return PRODUCTS[text]
    return next((kind for kind in PRODUCTS.values() if text and text in kind.synonyms), None)


def _by_cards(description):
    identity = (description.stype, description.sstype, description.ssid)
    matches = [kind for kind in PRODUCTS.values() if kind.identity == identity]
    for kind in matches:
        if description.level in kind.levels:
            return kind
    known = ", ".join(kind.key for kind in matches) or "no product"
    raise UnknownProduct(
        f"{description.name}: STYPE {identity[0]}, SSTYPE {identity[1]}, SSID {identity[2]} at "
        f"level {description.level} is not in the registry ({known} has these numbers); "
        "correct the cards, or add the product"
    )


def _refuse_foreign_name(description, found):
    """A name decides which files are versions of one product, so it must not be another's."""
    by_name = named(description.file_product)
    if by_name is None or by_name == found or by_name.identity == found.identity:
        return
    raise UnknownProduct(
        f"{description.name}: the name says {by_name.key}, the headers say {found.key}; "
        "give the file the name its FILENAME card should have"
    )


def _sniff(columns):
    """Key of the product that has these columns of DATA, for files without number cards."""
    counts = columns.get("counts")
    if counts is not None and len(counts) == 3:
        return _sniff_pixels(columns, counts)
    if counts is not None:
        if counts == (5,):
            return "ql-lightcurve" if "rcr" in columns else "ql-background"
        return "sci-xray-spec" if len(counts) == 1 else None
    telling = {
        "spectra": "ql-spectra",
        "variance": "ql-variance",
        "loc_z": "ql-flareflag",
        "ubsd": "ql-tmstatusflarelist",
        "cha_diode0": "sci-aspect-burst",
        "y_srf": "asp-ephemeris",
        "hk_att_c": "hk-maxi",
    }
    for name, key in telling.items():
        if name in columns:
            return key
    return "hk-mini" if any(name.startswith("hk_") for name in columns) else None


def _sniff_pixels(columns, counts):
    if counts[-1] == 1024:
        return "cal-energy"
    if "triggers_err" not in columns and "triggers_comp_err" not in columns:
        return "sci-xray-rpd"
    masks = columns.get("pixel_masks", ())
    return "sci-xray-scpd" if masks in ((4, 12), (5, 12)) else "sci-xray-cpd"
