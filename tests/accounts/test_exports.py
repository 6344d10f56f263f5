"""What the team takes out of the portal is written down, and stays so."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import ProtectedError

from apps.accounts.models import Export
from tests.factories import a_user

pytestmark = [pytest.mark.db, pytest.mark.django_db]

LIST = "/admin/accounts/export/"


def test_an_export_of_the_team_is_written_down_and_one_of_a_visitor_is_not():
    member = a_user("team")
    export = Export.objects.record(member, "products.zip", 3, 5_000_000_000, "r-1")
    assert (export.user, export.what, export.number) == (member, "products.zip", 3)
    assert (export.size, export.request_id) == (5_000_000_000, "r-1")
    assert export.at.utcoffset().total_seconds() == 0
    assert Export.objects.record(AnonymousUser(), "products.zip", 3, 10) is None
    assert Export.objects.record(a_user(), "products.zip", 3, 10) is None
    assert Export.objects.count() == 1


def test_a_name_that_is_too_long_does_not_stop_an_export():
    export = Export.objects.record(a_user("team"), "x" * 500, 1, 1, "r" * 500)
    export.refresh_from_db()
    assert (len(export.what), len(export.request_id)) == (200, 64)


def test_an_account_that_exported_cannot_be_deleted():
    member = a_user("team")
    Export.objects.record(member, "products.zip", 3, 10)
    with pytest.raises(ProtectedError):
        member.delete()


def test_the_list_of_exports_is_read_only_even_for_an_admin(admin_client):
    export = Export.objects.record(a_user("team"), "products.zip", 3, 10)
    assert "products.zip" in admin_client.get(LIST).text
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{export.pk}/delete/", {"post": "yes"}).status_code == 403
    admin_client.post(f"{LIST}{export.pk}/change/", {"what": "nothing"})
    export.refresh_from_db()
    assert export.what == "products.zip"
