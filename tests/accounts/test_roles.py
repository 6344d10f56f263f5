"""The written matrix of roles, the permissions and the doors say the same."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from apps.accounts.models import Token
from apps.accounts.roles import ROLES
from apps.ancillary.models import KernelSet
from apps.archive.models import Quarantined
from apps.core.models import Job
from tests.architecture.imports import ROOT
from tests.factories import a_product, a_user, in_days, utc

pytestmark = [pytest.mark.db, pytest.mark.django_db]

TEXT = Path(ROOT, "docs", "roles.md").read_text(encoding="utf-8")


def table(heading):
    """A table of the document: heading of the row -> heading of the column -> cell."""
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"]
    head, rows = lines[0], lines[2:]
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


DOORS = table("Doors")
PERMISSIONS = table("Permissions")
VIEWERS = ("visitor", "account", *ROLES, "admin")


def a_viewer(name):
    """A client of a column of the matrix, its account as the admin's form leaves it."""
    client = Client()
    if name != "visitor":
        role = name if name in ROLES else ""
        facts = {"is_staff": name != "account", "is_superuser": name == "admin"}
        client.force_login(a_user(role, f"the-{name}", **facts))
    return client


class House:
    """Records of each kind, and what a viewer gets of them."""

    def __init__(self):
        call_command("loaddata", "groups", verbosity=0)
        self.public = a_product(start=utc("2022-03-27"))
        self.hidden = a_product(access="team")
        self.refused = Quarantined.objects.create(
            name="x.fits", path="x.fits", sha256="0" * 64, size=1, reason="?", refused_at=in_days(0)
        )
        self.job = Job.objects.create(kind="ingest")
        self.colleague = a_user("team", "colleague", email="colleague@example.org")
        self.boss = a_user("", "boss", is_superuser=True, is_staff=True)
        self.kernel_set = KernelSet.objects.create(
            set_id="0" * 64, name="v1", start=utc("2020-02-12"), stop=utc("2021-02-12"),
            coverage={"orbit": [["2020-02-12T00:00:00Z", "2021-02-12T00:00:00Z"]]},
        )  # fmt: skip
        self.token, _ = Token.objects.issue(self.colleague, "laptop", in_days(9), in_days(0))

    def pages(self):
        """Door of the matrix -> the pages behind it that answer 200 to whoever may pass."""
        file, admin = self.hidden.get_download_url(), "/admin/archive"
        return {
            "see public data": [self.public.get_absolute_url()],
            "see data of the team, and data under embargo": [self.hidden.get_absolute_url()],
            "download a file of the team": [file],
            "read data of the team at the REST interface": [
                f"/api/v1/data/products/{self.hidden.pk}/"
            ],
            "see the own account, change the password": ["/accounts/", "/accounts/password/"],
            "make and revoke tokens of one's own": ["/accounts/tokens/"],
            "enter the admin": ["/admin/"],
            "list products, ingest runs and series in the admin": [
                f"{admin}/{name}/" for name in ("dataproduct", "ingestrun", "series")
            ],
            "list jobs": ["/admin/core/job/"],
            "read the quarantine": [
                f"{admin}/quarantined/",
                f"{admin}/quarantined/{self.refused.pk}/change/",
            ],
            "empty the quarantine": [f"{admin}/quarantined/{self.refused.pk}/delete/"],
            "list kernel sets": ["/admin/ancillary/kernelset/"],
            "add kernels, choose the set that answers": [
                "/admin/ancillary/kernelset/add/",
                f"/admin/ancillary/kernelset/{self.kernel_set.pk}/activate/",
            ],
            "list users": ["/admin/auth/user/", f"/admin/auth/user/{self.boss.pk}/change/"],
            "delete a user": [f"/admin/auth/user/{self.boss.pk}/delete/"],
            "read who exported what": ["/admin/accounts/export/"],
            "revoke the token of another": [f"/admin/accounts/token/{self.token.pk}/delete/"],
        }

    def forms(self):
        """Door of the matrix -> the forms behind it that whoever may pass can save."""
        return {
            "change who may see a product": [
                f"/admin/archive/dataproduct/{self.hidden.pk}/change/"
            ],
            "write news, articles and glossary": [
                f"/admin/pages/{kind}/add/" for kind in ("news", "article", "term")
            ],
            "cancel a job": [f"/admin/core/job/{self.job.pk}/change/"],
            "make, change and deactivate users, give the three roles": [
                "/admin/auth/user/add/",
                f"/admin/auth/user/{self.colleague.pk}/change/",
            ],
            "change an admin, or make one": [f"/admin/auth/user/{self.boss.pk}/change/"],
            "change what a role may do": [
                f"/admin/auth/group/{Group.objects.get(name='team').pk}/change/"
            ],
        }


@pytest.fixture
def house(data_dir):
    """One record of each kind."""
    return House()


def opens(client, address):
    """Whether a page answers with its content."""
    response = client.get(address)
    if response.streaming:
        response.getvalue()
    return response.status_code == 200


def saves(client, address):
    """Whether a form can be saved: it has the button, and what is sent is read."""
    page, sent = client.get(address), client.post(address, {})
    button = page.status_code == 200 and 'name="_save"' in page.text
    assert button == (sent.status_code == 200)
    return button


@pytest.mark.parametrize("viewer", VIEWERS)
def test_every_door_is_open_to_whom_the_matrix_says_and_to_nobody_else(house, viewer):
    client = a_viewer(viewer)
    found = {}
    for ask, doors in ((opens, house.pages()), (saves, house.forms())):
        for door, addresses in doors.items():
            (found[door],) = {ask(client, address) for address in addresses}
    assert found == {door: row[viewer] == "yes" for door, row in DOORS.items()}


def test_the_permissions_of_the_groups_are_those_of_the_matrix():
    written = {role: set() for role in ROLES}
    for record, row in PERMISSIONS.items():
        app, model = record.split(".")
        for role in ROLES:
            for word in re.findall(r"\w+", row[role].replace("–", "")):
                written[role].add((f"{word}_{model}", app, model))
    groups = json.loads(Path(ROOT, "fixtures", "groups.json").read_text(encoding="utf-8"))
    given = {
        group["fields"]["name"]: set(map(tuple, group["fields"]["permissions"])) for group in groups
    }
    assert given == written


def test_the_matrix_has_no_cell_that_says_neither_yes_nor_no():
    assert {cell for row in DOORS.values() for cell in row.values()} == {"yes", "–"}
    assert {tuple(row) for row in DOORS.values()} == {VIEWERS}


def test_what_the_team_may_its_operators_and_curators_may_too():
    call_command("loaddata", "groups", verbosity=0)
    may = {
        group.name: set(group.permissions.values_list("codename", flat=True))
        for group in Group.objects.filter()
    }
    assert may["team"] <= may["operator"] & may["curator"]
