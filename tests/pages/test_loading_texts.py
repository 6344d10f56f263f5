"""The first texts come as files; what curators edited since stays theirs."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.pages.ingest import load_texts
from apps.pages.models import Article, HomeText, News, QuickLink, Term
from apps.pages.texts import TextError, parse
from tests.pages.written import in_folder


def written(body="", **head):
    """The source of a text."""
    lines = "".join(f"{key}: {value}\n" for key, value in head.items())
    return f"---\n{lines}---\n\n{body}\n"


ARTICLE = {"title": "Grids: front and rear", "section": "Instrument", "order": 20}
GRIDS = written("# A", **ARTICLE, access="public")
CARD = {"title": "Curves", "icon": "curve", "page": "quicklook:lightcurves", "order": 10}
WORD = {"aliases": "rate control regime", "short": "A state.", "see": "grids"}
FILES = {
    "articles__grids": GRIDS,
    "articles__draft": written("Not yet.", title="Draft", section="Data", access="team"),
    "news__first_light": written("Text.", title="First light", date="2026-11-24", summary="Yes."),
    "news__second": written("Text.", title="Second", date="2026-11-25"),
    "glossary__rcr": written("Long.", term="RCR", **WORD),
    "glossary__uid": written(term="UID", short="A number."),
    "home__about": written("One.\n\nTwo.", title="About STIX", order=10),
    "home__curves": written("Two\nlines.", **CARD),
    "home__flares": written("To come.", title="Flares", icon="flare", order=20),
}


@pytest.fixture
def folder(tmp_path):
    """Texts of each kind."""
    return in_folder(tmp_path, **FILES)


def statuses(folder, **options):
    """What became of each file, by name."""
    return {outcome.name: outcome.status for outcome in load_texts(folder, **options)}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "line 1 is ''; expected '---'"),
        ("title: x\n---\n", "line 1 is 'title: x'"),
        ("---\ntitle: x\n", "the head is not closed"),
        ("---\ntitle\n---\n", "line 2 is 'title'; expected 'key: value'"),
        ("---\ntitle: x\ntitle: y\n---\n", "line 3 gives 'title' a second time"),
    ],
)
def test_a_head_that_cannot_be_read_is_named_with_its_line(source, said):
    with pytest.raises(TextError, match=said):
        parse("grids", source)


def test_a_value_may_hold_a_colon_and_a_file_may_come_from_windows():
    text = parse("x", "\ufeff---\r\ntitle: A: b\r\n---\r\n\r\nBody.\r\n")
    assert (text.head, text.body) == ({"title": "A: b"}, "Body.")


@pytest.mark.db
@pytest.mark.django_db
class TestLoading:
    """`load_texts`."""

    def test_new_texts_are_loaded_and_the_second_time_nothing_changes(self, folder):
        assert set(statuses(folder).values()) == {"new"}
        grids = Article.objects.get(slug="grids")
        assert (grids.title, grids.order, grids.access) == ("Grids: front and rear", 20, "public")
        assert Article.objects.get(slug="draft").access == "team"
        assert News.objects.get(slug="first-light").date.isoformat() == "2026-11-24"
        rcr = Term.objects.get(slug="rcr")
        assert (rcr.see, rcr.access, rcr.body) == (grids, "public", "Long.")
        assert HomeText.objects.get().body == "One.\n\nTwo."
        assert QuickLink.objects.get(slug="curves").text == "Two lines."
        before = [record.changed_at for record in Article.objects.order_by("pk")]
        assert set(statuses(folder).values()) == {"same"}
        assert [record.changed_at for record in Article.objects.order_by("pk")] == before
        assert Article.history.filter(slug="grids").count() == 1

    def test_a_new_text_of_the_release_replaces_one_that_nobody_edited(self, folder):
        load_texts(folder)
        in_folder(folder, articles__grids=GRIDS.replace("# A", "# B").replace("front", "Front"))
        assert statuses(folder)["articles/grids"] == "updated"
        grids = Article.objects.get(slug="grids")
        assert (grids.body, grids.title) == ("# B", "Grids: Front and rear")
        assert set(statuses(folder).values()) == {"same"}
        assert grids.history.first().history_change_reason.startswith("loaded from the texts")

    @pytest.mark.parametrize("change", [{"body": "Mine."}, {"access": "team"}, {"order": 5}])
    def test_what_a_curator_edited_stays(self, folder, change):
        load_texts(folder)
        grids = Article.objects.get(slug="grids")
        for name, value in change.items():
            setattr(grids, name, value)
        grids.save()
        in_folder(folder, articles__grids=GRIDS.replace("# A", "# B"))
        assert statuses(folder)["articles/grids"] == "edited"
        grids.refresh_from_db()
        assert {name: getattr(grids, name) for name in change} == change
        assert grids.body != "# B"

    def test_what_a_curator_deleted_does_not_come_back(self, folder):
        load_texts(folder)
        Article.objects.get(slug="draft").delete()
        assert statuses(folder)["articles/draft"] == "deleted"
        assert not Article.objects.filter(slug="draft").exists()

    def test_a_new_title_of_an_article_is_no_edit_of_the_term_that_names_it(self, folder):
        load_texts(folder)
        in_folder(folder, articles__grids=GRIDS.replace("front", "Front"))
        assert statuses(folder)["glossary/rcr"] == "same"

    @pytest.mark.parametrize(
        ("file", "head", "said"),
        [
            ("articles__x", {"title": "x"}, "articles/x: the head lacks section"),
            ("articles__x", ARTICLE | {"colour": "z"}, "unknown colour; known:"),
            ("articles__x", ARTICLE | {"order": "soon"}, "order is 'soon'"),
            ("articles__x", ARTICLE | {"access": "all"}, "expected public or"),
            ("articles__x", ARTICLE, "This field cannot be blank"),
            ("news__x", {"title": "x", "date": "24.11.2026"}, "expected a date such as"),
            ("glossary__x", {"term": "x", "short": "y", "see": "z"}, "expected the name of a file"),
            ("glossary__x", {"term": "x", "short": "y" * 300}, "at most 240 characters"),
            ("home__x", {"title": "x", "icon": "heart"}, "'heart' is not a valid choice"),
        ],
    )
    def test_a_wrong_file_is_named_and_nothing_is_loaded(self, folder, file, head, said):
        in_folder(folder, **{file: written(**head)})
        with pytest.raises(CommandError, match=said):
            call_command("load_texts", folder, stdout=StringIO())
        assert not Article.objects.exists()

    def test_check_names_what_differs_and_changes_nothing(self, folder):
        load_texts(folder)
        Article.objects.filter(slug="grids").update(body="Mine.")
        in_folder(folder, news__third=written("Text.", title="Third", date="2026-11-26"))
        output = StringIO()
        call_command("load_texts", folder, "--check", stdout=output)
        assert output.getvalue().splitlines() == [
            "edited   articles/grids",
            "new      news/third",
            "10 texts, 8 as in their file",
        ]
        assert News.objects.count() == 2

    def test_a_folder_that_is_not_there_is_said(self, tmp_path):
        with pytest.raises(CommandError, match="is no folder"):
            call_command("load_texts", tmp_path / "nothing")

    def test_the_texts_of_the_release_can_be_loaded(self):
        assert set(statuses_of_the_release()) <= {"new"}
        assert set(statuses_of_the_release()) <= {"same"}


def statuses_of_the_release():
    """What became of the portal's own texts."""
    return [outcome.status for outcome in load_texts()]
