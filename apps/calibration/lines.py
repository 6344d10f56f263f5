"""Lines of the on-board barium source, and the way between energy and ADC channel.

A spectrum has 1024 channels; channel c holds the pulse heights 4 c to 4 c + 4 of the 4096 steps of
the ADC, so its middle is 4 c + 2. A pixel's energy is ``E = (ADC - offset) * gain`` with the offset
in ADC steps and the gain in keV for each step, as the energy look-up tables (ELUT) have them.
"""

CHANNELS = 1024
ADC_STEPS = 4
"""ADC steps of one channel."""

NOMINAL_GAIN = 0.1077
"""keV for an ADC step; the pixels' own lie within some percent (ELUT of 2020-05-19)."""

NOMINAL_OFFSET = 888.0
"""ADC steps at 0 keV; the pixels' own lie some 15 steps around it (ELUT of 2020-05-19)."""

KA_KEV, KB_KEV, BA81_KEV = 30.851, 35.13, 80.9979
"""What the three peaks stand for: means of the caesium K lines, and the gamma ray of barium-133.

Source: (30.6254 · 33.8 + 30.9731 · 62.4) / 96.2 keV for the first, as the instrument's own
calibration software takes it."""

LINES = (("31 keV", KA_KEV), ("35 keV", KB_KEV), ("81 keV", BA81_KEV))

KA_PARTS = ((30.9731 - KA_KEV, 0.6486), (30.6254 - KA_KEV, 0.3514))
KB_PARTS = ((34.97 - KB_KEV, 0.80), (35.82 - KB_KEV, 0.20))
BA81_PARTS = ((0.0, 0.926), (79.6142 - BA81_KEV, 0.074))
"""Fine structure of each peak: distance in keV from what it stands for, and share.

Source: energies and intensities of Cs K X rays and Ba-133 gamma rays (DDEP evaluation)."""


def energy(adc, gain, offset):
    """Energy in keV of ADC steps; all may be arrays.

    Examples
    --------
    >>> round(energy(4 * 293.6, 0.1077, 888), 2)
    30.85
    """
    return (adc - offset) * gain


def adc(energy_kev, gain, offset):
    """ADC steps of an energy in keV; all may be arrays.

    Examples
    --------
    >>> round(adc(81.0, 0.1077, 888.0), 1)
    1640.1
    """
    return offset + energy_kev / gain


def channel(energy_kev, gain, offset):
    """Place on the axis of the 1024 channels, where channel c runs from c to c + 1.

    Examples
    --------
    >>> round(channel(81.0, 0.1077, 888.0), 1)
    410.0
    """
    return adc(energy_kev, gain, offset) / ADC_STEPS
