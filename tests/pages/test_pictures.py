"""Pictures: verified by decoding, kept as bare pixels, served as far as one may see them."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.pages.models import Picture
from apps.pages.pictures import BYTES, PictureError, decode
from tests.factories import a_user, in_days
from tests.pages.written import a_picture, image_bytes

on_database = [pytest.mark.db, pytest.mark.django_db]
ADD = "/admin/pages/picture/add/"
SECRET = b"GPS 47.4 N 8.2 E"


def with_notes(kind):
    """A picture whose notes tell where it was made, and that is turned on its side."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x0112] = 6
    return image_bytes(kind, exif=exif)


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_notes_stay_behind_and_the_picture_is_upright(kind, suffix):
    sent = with_notes(kind)
    assert SECRET in sent
    kept = decode(sent)
    assert SECRET not in kept.content
    assert (kept.suffix, kept.width, kept.height) == (suffix, 30, 40)
    image = Image.open(io.BytesIO(kept.content))
    assert image.size == (30, 40)
    assert not image.getexif()


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGB", "RGBA", "I;16", "1"])
def test_every_kind_of_pixels_is_kept(mode):
    assert decode(image_bytes(mode=mode)).content


def test_a_jpeg_of_print_colours_becomes_one_of_the_screen():
    assert Image.open(io.BytesIO(decode(image_bytes("JPEG", mode="CMYK")).content)).mode == "RGB"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no picture"),
        (b"GIF89a" + b"\0" * 40, "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no picture"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "no picture"),
        (image_bytes("GIF"), "no picture"),
        (image_bytes("TIFF"), "no picture"),
        (image_bytes()[:-30], "damaged"),
        (image_bytes("JPEG", size=(200, 200))[:400], "damaged"),
        (image_bytes(size=(4001, 10), mode="1"), "4001 × 10 pixels"),
        (image_bytes(size=(20_000, 20_000), mode="1"), "pixels on a side"),
        (b"\0" * (BYTES + 1), "at most 5 MiB"),
    ],
)
def test_what_is_no_picture_for_the_portal_is_refused_with_a_reason(content, said):
    with pytest.raises(PictureError, match=said):
        decode(content)


class TestUpload:
    """The form of the admin."""

    pytestmark = on_database

    @pytest.fixture
    def admin(self, client, data_dir):
        """A browser that may do everything."""
        client.force_login(a_user(username="root", is_superuser=True, is_staff=True))
        return client

    def send(self, admin, content, name="x.png", **fields):
        """Send the form; the answer."""
        row = {"slug": "grids", "alt": "What was typed", "access": "public"} | fields
        return admin.post(ADD, row | {"upload": SimpleUploadedFile(name, content)})

    def test_a_picture_is_kept_under_the_data_folder_and_served(self, admin, data_dir, visitor):
        answer = self.send(admin, with_notes("JPEG"), "../../evil.html")
        assert answer.status_code == 302, answer.context["adminform"].form.errors
        picture = Picture.objects.get()
        assert (picture.width, picture.height) == (30, 40)
        (file,) = (data_dir / "pictures").iterdir()
        assert file.suffix == ".jpg"
        answer = visitor.get(picture.get_absolute_url())
        assert answer["Content-Type"] == "image/jpeg"
        assert answer.content == file.read_bytes()
        assert SECRET not in answer.content
        again = visitor.get(picture.get_absolute_url(), headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304

    @pytest.mark.parametrize(
        ("content", "said"),
        [(b"not a picture", "no picture of a kind"), (b"\0" * (20 << 20), "20.0 MiB")],
    )
    def test_a_wrong_file_is_an_error_beside_its_field_and_what_was_typed_stays(
        self, admin, data_dir, content, said
    ):
        answer = self.send(admin, content)
        assert answer.status_code == 200
        assert said in answer.context["adminform"].form.errors["upload"][0]
        assert 'value="What was typed"' in answer.text
        assert not Picture.objects.exists()
        assert not (data_dir / "pictures").exists()

    def test_a_picture_needs_a_file_and_words(self, admin):
        answer = admin.post(ADD, {"slug": "grids", "access": "public"})
        assert {"upload", "alt"} <= answer.context["adminform"].form.errors.keys()

    def test_its_words_change_without_a_new_file(self, admin, data_dir):
        picture = a_picture()
        row = {"slug": picture.slug, "alt": "Other words", "access": "team", "reason": "mistake"}
        address = f"/admin/pages/picture/{picture.pk}/change/"
        assert admin.post(address, row).status_code == 302
        picture.refresh_from_db()
        assert (picture.alt, picture.access, picture.width) == ("Other words", "team", 40)

    def test_the_form_gives_the_words_to_paste(self, admin, data_dir):
        picture = a_picture()
        page = admin.get(f"/admin/pages/picture/{picture.pk}/change/").text
        assert "![Tungsten grids](picture:grid-photo)" in page


@pytest.mark.db
@pytest.mark.django_db
def test_a_hidden_picture_answers_like_one_that_does_not_exist(visitor, team, data_dir):
    hidden = a_picture(access="team")
    assert visitor.get("/pictures/grid-photo/").status_code == 404
    assert visitor.get("/pictures/nothing/").status_code == 404
    assert team.get("/pictures/grid-photo/")["Cache-Control"] == "private, no-cache"
    hidden.access, hidden.release_at = "embargoed", in_days(-1)
    hidden.save()
    assert visitor.get("/pictures/grid-photo/").status_code == 200


@pytest.mark.db
@pytest.mark.django_db
def test_a_picture_whose_file_is_gone_is_a_plain_404(visitor, data_dir):
    picture = a_picture()
    picture.file.storage.delete(picture.file.name)
    assert visitor.get("/pictures/grid-photo/").status_code == 404
