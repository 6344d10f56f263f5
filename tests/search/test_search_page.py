"""The search box: a table of phrases and where they lead, access, and hostile phrases."""

import pytest

from apps.core import registry
from tests.factories import a_product, in_days, utc
from tests.pages.written import a_term, an_article

pytestmark = [pytest.mark.db, pytest.mark.django_db]

CURVES = "/quicklook/lightcurves/?start={}&stop={}"
ANSWERS = "answers"
NOTHING = "nothing"


def curves(start, stop):
    """Address of the light curves of a time."""
    return CURVES.format(start.replace(":", "%3A"), stop.replace(":", "%3A"))


HALF_PAST_SIX = curves("2022-03-28T18:00:00", "2022-03-28T19:00:00")
MARCH_28 = curves("2022-03-28T00:00:00", "2022-03-29T00:00:00")
MARCH = curves("2022-03-01T00:00:00", "2022-04-01T00:00:00")

PHRASES = {
    "2022": curves("2022-01-01T00:00:00", "2023-01-01T00:00:00"),
    "2022-03": MARCH,
    "March 2022": MARCH,
    "Mar 2022": MARCH,
    "2022-03-28": MARCH_28,
    "2022/087": MARCH_28,
    "28 Mar 2022": MARCH_28,
    "28 March 2022": MARCH_28,
    "March 28, 2022": MARCH_28,
    "20220328": MARCH_28,
    "2022-03-28T18:30": HALF_PAST_SIX,
    "2022-03-28 18:30 UTC": HALF_PAST_SIX,
    " 28 Mar  2022 18:30 ": HALF_PAST_SIX,
    "2022/087T18:30": HALF_PAST_SIX,
    "20220328T1830": HALF_PAST_SIX,
    "2022-03-28T18": HALF_PAST_SIX,
    "solo_L1_stix-ql-lightcurve_20220328_V01.fits": "{old}",
    "solo_L1_stix-ql-lightcurve_20220328_V02.fits": "{curve}",
    "solo_L1_stix-ql-lightcurve_20220328": "{curve}",
    "solo_L1_stix-ql-lightcurve_20220328.fits": "{curve}",
    "2207235029": "{pixels}",
    "2109130007": "/data/products/?uid=2109130007&versions=all",
    "{pk}": "{curve}",
    "#{pk}": "{curve}",
    "ql-lightcurve_2022": ANSWERS,
    "lightcurve_20220328": ANSWERS,
    "spectrogram": ANSWERS,
    "housekeeping": ANSWERS,
    "2203281833": ANSWERS,
    "NIXD0023": "/housekeeping/?parameters=NIXD0023&report=hk-maxi",
    "solo_L1_stix-ql-lightcurve_19990101_V01.fits": NOTHING,
    "9903281899": NOTHING,
    "#999999": NOTHING,
    "what is this": NOTHING,
    "2022-13-45": NOTHING,
}
"""What is typed -> the page it leads to; or the page of answers; or the page without any.

Flare ids get pages of their own with the flare list: until then one offers the light curves of its
minute.
"""


@pytest.fixture
def archive(data_dir):
    """A superseded and a standing version, and files of two requests."""
    stem = "solo_L1_stix-ql-lightcurve_20220328"
    a_product("sci-xray-cpd", uid=2109130007, stem="solo_L1_stix-sci-xray-cpd-2109130007_a")
    a_product("sci-xray-spec", uid=2109130007, stem="solo_L1_stix-sci-xray-spec-2109130007_a")
    return {
        "old": a_product(stem=stem, superseded=True),
        "curve": a_product(stem=stem, version=2),
        "pixels": a_product("sci-xray-cpd", start=utc("2022-07-23"), uid=2207235029),
    }


def asked(client, text):
    """The answer to a phrase."""
    return client.get("/search/", {"q": text})


@pytest.mark.parametrize("text", PHRASES)
def test_a_phrase_leads_where_it_should(visitor, archive, text):
    places = {name: product.get_absolute_url() for name, product in archive.items()}
    response = asked(visitor, text.format(pk=archive["curve"].pk))
    wanted = PHRASES[text]
    if wanted in (ANSWERS, NOTHING):
        assert response.status_code == 200
        assert ("Nothing was found" in response.text) == (wanted == NOTHING)
        assert ("What can be searched" in response.text) == (wanted == NOTHING)
    else:
        assert (response.status_code, response["Location"]) == (302, wanted.format(**places))


def test_a_term_is_gone_to_only_where_nothing_else_answers(visitor, archive):
    a_term("Spectrogram")
    a_term("ELUT")
    text = asked(visitor, "spectrogram").text
    assert text.index(">Glossary<") < text.index(">Product type<")
    assert asked(visitor, "elut")["Location"] == "/glossary/#elut"


def test_words_are_found_wherever_each_of_them_is(visitor, db):
    an_article(title="The attenuator", body="In large flares it moves in.")
    assert "The attenuator" in asked(visitor, "flares attenuator").text
    assert "Nothing was found" in asked(visitor, "attenuator elsewhere").text


def test_the_table_is_long_enough():
    assert len(PHRASES) >= 30


def test_every_example_of_the_page_is_read(visitor, archive):
    for entry in registry.search:
        for examples in entry.options.get("examples", {}).values():
            for example in examples:
                assert asked(visitor, example).status_code in (200, 302)
                assert example in asked(visitor, "").text


@pytest.mark.parametrize("hidden", ["team", "embargoed"])
def test_hidden_files_are_found_by_the_team_alone(visitor, team, data_dir, hidden):
    product = a_product(
        "sci-xray-cpd", uid=2207235029, access=hidden, release_at=in_days(30), stem="solo_a_hidden"
    )
    for text in (product.name, product.stem, "2207235029", f"#{product.pk}", str(product.pk)):
        answer = asked(visitor, text)
        assert answer.status_code == 200
        assert product.get_absolute_url() not in answer.text
        assert asked(team, text)["Location"] == product.get_absolute_url()
    assert product.name not in asked(visitor, "a_hidden").text
    assert product.name in asked(team, "a_hidden").text


def test_one_file_of_a_request_that_a_visitor_may_see_does_not_betray_the_others(visitor, archive):
    a_product("sci-xray-spec", uid=2207235029, access="team", stem="solo_spec")
    assert asked(visitor, "2207235029")["Location"] == archive["pixels"].get_absolute_url()


def test_a_text_that_is_too_long_is_refused_and_kept(visitor):
    answer = asked(visitor, "x" * 201)
    assert answer.status_code == 400
    assert "longer than 200 letters (201)" in answer.text
    assert 'value="' + "x" * 201 in answer.text


@pytest.mark.parametrize("text", ["a\x00b", "%", "_", "'; --", "\ud7ff\u202e", "9" * 190, "((((["])
def test_hostile_phrases_find_nothing_and_break_nothing(visitor, archive, text):
    assert asked(visitor, text).status_code in (200, 400)


def test_many_files_are_cut_and_the_list_has_the_others(visitor, data_dir):
    for day in range(1, 13):
        a_product(start=utc(f"2022-03-{day:02d}"))
    page = asked(visitor, "lightcurve_202203").text
    assert page.count('<span class="hint">entry ') == 10
    assert "/data/products/?name=lightcurve_202203" in page


def test_a_page_of_answers_takes_few_questions(visitor, archive, django_assert_max_num_queries):
    visitor.get("/docs/")  # which pages have a help is asked once a minute
    with django_assert_max_num_queries(8):
        asked(visitor, "lightcurve_2022")


def test_the_box_is_on_every_page_and_needs_no_script(visitor, db):
    for address in ("/", "/data/products/", "/accounts/login/", "/search/"):
        assert 'role="search" action="/search/"' in visitor.get(address).text
