"""How phrases are read: dates of every form, ids, names, and what is none of them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.timeaxis import TimeRange, iso
from apps.search.phrases import Phrase, read, time_of

TIMES = {
    "2022": ("2022-01-01T00:00:00Z", "2023-01-01T00:00:00Z"),
    "2022-03": ("2022-03-01T00:00:00Z", "2022-04-01T00:00:00Z"),
    "2022-12": ("2022-12-01T00:00:00Z", "2023-01-01T00:00:00Z"),
    "2022-03-28": ("2022-03-28T00:00:00Z", "2022-03-29T00:00:00Z"),
    "2022-3-8": ("2022-03-08T00:00:00Z", "2022-03-09T00:00:00Z"),
    "20220328": ("2022-03-28T00:00:00Z", "2022-03-29T00:00:00Z"),
    "2022/087": ("2022-03-28T00:00:00Z", "2022-03-29T00:00:00Z"),
    "2022-087": ("2022-03-28T00:00:00Z", "2022-03-29T00:00:00Z"),
    "2022-03-28T18": ("2022-03-28T18:00:00Z", "2022-03-28T19:00:00Z"),
    "2022-03-28T18:30": ("2022-03-28T18:00:00Z", "2022-03-28T19:00:00Z"),
    "2022-03-28 18:35:20Z": ("2022-03-28T18:05:20Z", "2022-03-28T19:05:20Z"),
    "2022/087T00:10": ("2022-03-27T23:40:00Z", "2022-03-28T00:40:00Z"),
    "20220328T1830": ("2022-03-28T18:00:00Z", "2022-03-28T19:00:00Z"),
    "28 Mar 2022": ("2022-03-28T00:00:00Z", "2022-03-29T00:00:00Z"),
    "28 March 2022 18:30 UT": ("2022-03-28T18:00:00Z", "2022-03-28T19:00:00Z"),
    "March 28, 2022": ("2022-03-28T00:00:00Z", "2022-03-29T00:00:00Z"),
    "28-mar-2022": ("2022-03-28T00:00:00Z", "2022-03-29T00:00:00Z"),
    "1st Sept 2021": ("2021-09-01T00:00:00Z", "2021-09-02T00:00:00Z"),
    "March 2022": ("2022-03-01T00:00:00Z", "2022-04-01T00:00:00Z"),
    "dec 2021": ("2021-12-01T00:00:00Z", "2022-01-01T00:00:00Z"),
}
NO_TIMES = (
    "", "now", "-3h", "yesterday", "2022-13", "2022-02-30", "2022/366", "1789", "3022",
    "28 Mai 2022", "Marsh 2022", "30 Feb 2022", "3 Mar 4 2022", "2022-03-28T25:00",
    "2022-03-28T18:30+02:00",
    "20221328", "٢٠٢٢", "2022-03-28T18:30:00.000000000000", "9999", "0000-00-00",
)  # fmt: skip


@pytest.mark.parametrize(("text", "edges"), TIMES.items())
def test_every_form_of_a_date_names_its_time(text, edges):
    span = read(text).span
    assert (iso(span.start), iso(span.stop)) == edges


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_date_has_no_time(text):
    assert read(text).span is None


def test_ten_digits_are_an_id_of_a_request_and_of_a_flare():
    phrase = read(" 2203281833 ")
    assert (phrase.uid, iso(phrase.flare)) == (2203281833, "2022-03-28T18:33:00Z")
    assert (phrase.span, phrase.entry) == (None, None)
    assert read("2207235099").flare is None
    assert read("0087031808").uid == 87_031_808


def test_eight_digits_are_a_day_and_an_id():
    phrase = read("20220328")
    assert phrase.uid == 20_220_328
    assert phrase.span.seconds == 86_400


def test_a_number_is_an_entry_unless_it_is_a_year():
    assert read("12").entry == 12
    assert read("# 12").entry == 12
    assert read("2022").entry is None
    assert (read("#2022").entry, read("#2022").span) == (2022, None)


def test_names_of_files_and_parameters_are_known_by_their_form():
    assert read("nixd0023").mnemonic == "NIXD0023"
    assert read("lightcurve_2020").file == "lightcurve_2020"
    assert read("a.fits").file == "a.fits"
    assert read("light curve").kinds == []
    assert read("NIXD0023").kinds == ["the mnemonic of a parameter"]


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text):
    phrase = read(text)
    assert isinstance(phrase, Phrase)
    assert len(phrase.text) <= 200
    assert time_of(text) is None or isinstance(time_of(text), TimeRange)


@given(st.dates(date(1990, 1, 1), date(2098, 12, 31)))
def test_a_day_is_the_same_in_every_form(day):
    forms = ("%Y-%m-%d", "%Y/%j", "%Y%m%d", "%d %b %Y", "%B %d, %Y", "%d-%b-%Y")
    assert len({time_of(day.strftime(form)) for form in forms}) == 1
