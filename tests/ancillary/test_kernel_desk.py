"""Kernel sets at the curators' desk: upload, refusal, the switch with its preview, and undo."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from apps.ancillary import demonstration, forms, storage
from apps.ancillary.models import KernelSet
from apps.core.models import Curation
from tests.factories import a_user, an_active_set
from tests.reference import needs_reference

pytestmark = [pytest.mark.db, pytest.mark.django_db]

LIST = "/admin/ancillary/kernelset/"
ADD = f"{LIST}add/"


def at_the_desk(role):
    """A client of a role, with its permissions and the door to the admin."""
    call_command("loaddata", "groups", verbosity=0)
    client = Client()
    client.force_login(a_user(role, is_staff=True))
    return client


@pytest.fixture
def curator(db):
    """A curator at the desk."""
    return at_the_desk("curator")


@pytest.fixture
def team(db):
    """A member of the team who may look."""
    return at_the_desk("team")


@pytest.fixture
def files(demonstration_kernels):
    """Two small files of a set: the portal completes them."""
    folder, _ = demonstration_kernels
    return {
        name: (folder / name).read_bytes() for name in (demonstration.ORBIT, demonstration.CLOCK)
    }


def send(client, files, **fields):
    """Upload files with the form."""
    uploads = [SimpleUploadedFile(name, content) for name, content in files.items()]
    return client.post(ADD, {"files": uploads, "name": "", "note": ""} | fields, follow=True)


class TestUpload:
    """Adding kernels."""

    def test_a_set_is_kept_and_does_not_answer_yet(self, curator, kernels, files):
        files[demonstration.CLOCK] += b"another\n"
        page = send(curator, files, name="ours", note="from a test")
        kept = KernelSet.objects.get(name="ours")
        assert page.request["PATH_INFO"] == f"{LIST}{kept.pk}/change/"
        assert "was added. portal_leapseconds.tls was added by the portal" in page.text
        assert (kept.note, kept.active, kept.added_by.username) == (
            "from a test",
            False,
            "a-curator",
        )
        assert storage.faults(kept) == []
        for file in kept.kernels:
            assert file["sha256"] in page.text

    def test_the_same_files_again_are_known(self, curator, data_dir, files):
        send(curator, files)
        page = send(curator, files)
        assert "the same files were there already" in page.text
        assert KernelSet.objects.count() == 1

    def test_what_is_refused_is_said_at_the_field_and_the_words_stay(
        self, curator, data_dir, files
    ):
        files[demonstration.ORBIT] = files[demonstration.ORBIT][:20_480]
        page = send(curator, files | {"web.tf": b"<html>"}, note="my note")
        assert page.status_code == 200
        assert "Nothing was kept" in page.text
        assert f"{demonstration.ORBIT}: is cut off" in page.text
        assert "web.tf: cannot be read" in page.text
        assert "my note" in page.text
        assert not KernelSet.objects.exists()
        assert list(storage.root().iterdir()) == []

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("readme.txt", "readme.txt: no kernel by its name"),
            ("a b.tf", "a b.tf: not a plain name"),
            ("-x.tf", "-x.tf: not a plain name"),
            ("é.tf", "é.tf: not a plain name"),
        ],
    )
    def test_names_are_looked_at_before_anything_is_stored(
        self, curator, data_dir, files, name, words
    ):
        page = send(curator, files | {name: b"KPL/FK\n"})
        assert words in page.text
        assert not storage.root().exists()

    def test_a_path_in_a_name_leads_nowhere(self, curator, data_dir, files):
        content = files.pop(demonstration.CLOCK)
        send(curator, files | {f"../../../{demonstration.CLOCK}": content})
        kept = KernelSet.objects.get()
        assert storage.folder_of(kept.set_id) / demonstration.CLOCK in storage.paths_of(kept)
        assert not (data_dir.parent / demonstration.CLOCK).exists()

    def test_too_much_and_nothing_are_refused(self, curator, data_dir, files, monkeypatch):
        assert "This field is required" in send(curator, {}).text
        assert "The submitted file is empty" in send(curator, {"a.tf": b""}).text
        monkeypatch.setattr(forms, "UPLOAD_BYTES", 1 << 14)
        assert "Use manage.py kernels add" in send(curator, files).text

    def test_the_same_name_twice(self, curator, data_dir):
        uploads = [SimpleUploadedFile("a.tf", text) for text in (b"KPL/FK 1", b"KPL/FK 2")]
        page = curator.post(ADD, {"files": uploads})
        assert "a.tf: chosen twice" in page.text

    def test_the_team_cannot_add_and_a_visitor_is_sent_to_sign_in(self, team, visitor, files):
        assert team.get(ADD).status_code == 403
        assert send(team, files).status_code == 403
        assert visitor.get(ADD).status_code == 302
        assert not KernelSet.objects.exists()


@needs_reference
@pytest.mark.real
class TestSwitch:
    """Choosing the set that answers."""

    @pytest.fixture
    def official(self, kernels, official_kernels):
        """A second set, not active."""
        return an_active_set(*official_kernels, active=False)

    def test_the_page_shows_what_changes_before_it_does(self, curator, official):
        page = curator.get(f"{LIST}{official.pk}/activate/").text
        assert "Demonstration orbit, APPROXIMATE" in page
        assert "Kernels v107_20210412_001" in page
        assert "Distance to the Sun changes" in page
        assert "2020-02-12T02:00:00Z to 2025-02-18T20:45:59Z" in page
        assert not KernelSet.objects.get(pk=official.pk).active

    def test_without_a_reason_nothing_happens(self, curator, official):
        form = {"decided": "1", "chosen": str(official.pk), "reason": ""}
        page = curator.post(f"{LIST}{official.pk}/activate/", form)
        assert "This field is required" in page.text
        assert not KernelSet.objects.get(pk=official.pk).active

    def test_it_is_done_kept_on_record_and_undone(self, curator, official, kernels):
        form = {"decided": "1", "chosen": str(official.pk), "reason": "official at last"}
        page = curator.post(f"{LIST}{official.pk}/activate/", form, follow=True)
        assert "answers now, everywhere within a second" in page.text
        assert KernelSet.objects.geometry().provenance.mk == "v107_20210412_001"
        decision = Curation.objects.get()
        assert (decision.reason, decision.made_by.username) == ("official at last", "a-curator")
        undo = f"/admin/core/curation/{decision.pk}/undo/"
        assert "active: True → False" in curator.get(undo).text
        assert "2 put back" in curator.post(undo, follow=True).text
        assert KernelSet.objects.get(active=True) == kernels

    def test_the_action_of_the_list_takes_one_set(self, curator, official, kernels):
        chosen = {"action": "activate", "_selected_action": [official.pk, kernels.pk]}
        page = curator.post(LIST, chosen, follow=True)
        assert "One set answers: choose one" in page.text
        page = curator.post(LIST, {"action": "activate", "_selected_action": [official.pk]})
        assert "Answer with this kernel set" in page.text

    def test_a_damaged_set_is_not_switched_to(self, curator, official, tmp_path):
        place = storage.folder_of(official.set_id)
        place.unlink()
        form = {"decided": "1", "chosen": str(official.pk), "reason": "x"}
        page = curator.post(f"{LIST}{official.pk}/activate/", form, follow=True)
        assert "Not switched" in page.text
        assert not KernelSet.objects.get(pk=official.pk).active
        assert "Cannot be used" in curator.get(f"{LIST}{official.pk}/activate/").text

    def test_the_team_sees_the_sets_and_cannot_switch(self, team, official):
        assert team.get(f"{LIST}{official.pk}/change/").status_code == 200
        assert team.get(f"{LIST}{official.pk}/activate/").status_code == 403
        team.post(LIST, {"action": "activate", "_selected_action": [official.pk]})
        assert not KernelSet.objects.get(pk=official.pk).active


class TestRecord:
    """A set, its words and its history."""

    def test_name_and_note_are_changed_with_a_reason_and_files_never(self, curator, kernels):
        address = f"{LIST}{kernels.pk}/change/"
        form = {"name": "demo", "note": "x", "set_id": "0" * 64, "active": ""}
        assert "This field is required" in curator.post(address, form).text
        curator.post(address, form | {"reason": "shorter"})
        changed = KernelSet.objects.get(pk=kernels.pk)
        assert (changed.name, changed.active, changed.set_id) == ("demo", True, kernels.set_id)
        assert changed.history.first().history_change_reason == "shorter"

    def test_nobody_deletes_a_set(self, admin_client, kernels):
        assert admin_client.get(f"{LIST}{kernels.pk}/delete/").status_code == 403

    def test_the_home_of_the_team_says_which_set_answers(self, team, kernels):
        page = team.get("/team/").text
        assert "all positions are APPROXIMATE" in page
        assert "2025-02-18" in page
        KernelSet.objects.filter(pk=kernels.pk).update(approximate=False)
        assert "APPROXIMATE" not in team.get("/team/").text
        storage.folder_of(kernels.set_id).unlink()
        assert "Files of the active kernel set are missing" in team.get("/team/").text

    def test_the_home_of_the_team_says_that_there_is_none(self, team, data_dir):
        assert "No kernel set is active" in team.get("/team/").text
