"""Accounts in the admin: invited by mail, given a role, and never more than the giver has."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Token
from apps.accounts.roles import ROLES
from tests.accounts.test_passwords import NEW, follow, link
from tests.factories import a_user, in_days

pytestmark = [pytest.mark.db, pytest.mark.django_db]

LIST = "/admin/auth/user/"
PERSON = {"username": "noether", "first_name": "Emmy", "last_name": "Noether"} | {
    "email": "emmy@example.org"
}


class Refuses(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages):
        """Refuse."""
        raise ConnectionRefusedError("no mail today")


@pytest.fixture
def curie(db):
    """A curator named Curie."""
    call_command("loaddata", "groups", verbosity=0)
    names = {"first_name": "Marie", "last_name": "Curie", "email": "marie@example.org"}
    return a_user("curator", "curie", is_staff=True, **names)


@pytest.fixture
def desk(curie):
    """The browser of that curator."""
    client = Client()
    client.force_login(curie)
    return client


@pytest.fixture
def boss(db):
    """The browser of an admin."""
    client = Client()
    client.force_login(a_user("", "boss", is_superuser=True, is_staff=True))
    return client


def groups(*names):
    """Values of the boxes of groups."""
    return list(Group.objects.filter(name__in=names).values_list("pk", flat=True))


def invited(client, **changes):
    """Send the form of a new account; the mail follows the commit."""
    return client.post(f"{LIST}add/", PERSON | changes, follow=True)


def run(client, action, *accounts):
    """Run an action of the list on accounts; the page that follows."""
    chosen = {"action": action, "_selected_action": [account.pk for account in accounts]}
    return client.post(LIST, chosen, follow=True).text


@pytest.mark.django_db(transaction=True)
def test_a_curator_invites_somebody_who_then_sets_a_password_and_signs_in(desk):
    page = invited(desk, groups=groups("operator"))
    assert "An invitation is on its way to emmy@example.org" in page.text
    user = User.objects.get(username="noether")
    assert not user.has_usable_password()
    assert (user.is_staff, user.is_superuser) == (True, False)
    assert [group.name for group in user.groups.all()] == ["operator"]
    (letter,) = mail.outbox
    assert letter.to == ["emmy@example.org"]
    for words in ("Hello Emmy Noether", "Marie Curie has made", "write to marie@example.org"):
        assert words in letter.body
    assert "&" not in letter.body
    assert "seven days" in letter.body
    client = Client()
    form, _ = follow(client, link(letter))
    client.post(form, {"new_password1": NEW, "new_password2": NEW})
    answer = client.post("/accounts/login/", {"username": "noether", "password": NEW})
    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_an_invitation_expires_and_is_sent_again(desk, settings):
    invited(desk)
    user = User.objects.get(username="noether")
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "opens nothing any more" in Client().get(link(mail.outbox[0]), follow=True).text
    settings.PASSWORD_RESET_TIMEOUT = 7 * 86_400
    assert "on its way" in run(desk, "invite_again", user)
    _, page = follow(Client(), link(mail.outbox[1]))
    assert "new_password1" in page.text
    user.set_password(NEW)
    user.save()
    assert "got no mail" in run(desk, "invite_again", user)
    assert len(mail.outbox) == 2


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_cannot_be_sent_is_said_and_the_account_stays(desk, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refuses"
    page = invited(desk)
    assert "No mail to emmy@example.org: no mail today" in page.text
    assert User.objects.filter(username="noether").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "emmy at example"),
        ("email", "MARIE@example.org"),
        ("username", "Curie"),
        ("username", ""),
        ("username", "a b"),
    ],
)
def test_an_account_needs_a_name_and_an_address_of_its_own(desk, field, value):
    page = desk.post(f"{LIST}add/", PERSON | {field: value})
    assert page.status_code == 200
    assert "errorlist" in page.text
    assert User.objects.count() == 1
    assert mail.outbox == []


def test_a_group_opens_the_admin_and_losing_it_closes_it(desk):
    user = a_user("", "noether", email="emmy@example.org")
    address = f"{LIST}{user.pk}/change/"
    for names, staff in ((("team",), True), ((), False)):
        desk.post(address, PERSON | {"is_active": "on", "groups": groups(*names)})
        user.refresh_from_db()
        assert user.is_staff == staff


def test_a_curator_deactivates_and_tokens_and_sessions_end(desk):
    user = a_user("team", "noether")
    _, secret = Token.objects.issue(user, "laptop", in_days(9), in_days(0))
    browser = Client()
    browser.force_login(user)
    assert "1 deactivated" in run(desk, "deactivate", user)
    assert browser.get("/accounts/").status_code == 302
    program = Client(headers={"Authorization": f"Token {secret}"})
    assert program.get("/api/v1/data/products/").status_code == 401
    assert "1 activated" in run(desk, "activate", user)
    assert program.get("/api/v1/data/products/").status_code == 200


def test_actions_leave_admins_and_oneself_alone(desk, curie, boss):
    admin = User.objects.get(username="boss")
    page = run(desk, "deactivate", admin, curie)
    assert "0 deactivated" in page
    assert "2 left alone" in page
    assert User.objects.filter(is_active=True).count() == 2


def test_a_curator_ends_the_wait_after_failed_sign_ins(desk):
    user = a_user("team", "noether")
    for number in range(10):
        stranger = Client(REMOTE_ADDR=f"192.0.2.{number}")
        stranger.post("/accounts/login/", {"username": "noether", "password": "wrong"})
    assert "1 had failed attempts" in run(desk, "end_wait", user)
    answer = Client(REMOTE_ADDR="192.0.2.99").post(
        "/accounts/login/", {"username": "noether", "password": "wrong"}
    )
    assert answer.status_code == 200


def account_beyond(kind):
    """An account with more rights than a curator."""
    user = a_user("team", "beyond", email="beyond@example.org")
    if kind == "an admin":
        user.is_superuser = True
        user.save()
    elif kind == "of another group":
        user.groups.add(Group.objects.create(name="auditors"))
    else:
        user.user_permissions.add(Permission.objects.get(codename="delete_user"))
    return user


@pytest.mark.parametrize("kind", ["an admin", "of another group", "with a permission of its own"])
def test_an_account_with_more_rights_is_read_only_for_a_curator(desk, kind):
    user = account_beyond(kind)
    address = f"{LIST}{user.pk}/change/"
    assert 'name="_save"' not in desk.get(address).text
    changed = PERSON | {"email": "curie-too@example.org", "is_active": "on"}
    assert desk.post(address, changed).status_code == 403
    user.refresh_from_db()
    assert user.email == "beyond@example.org"


def test_ones_own_role_is_for_others_even_for_an_admin(desk, curie, boss):
    admin = User.objects.get(username="boss")
    for client, user in ((desk, curie), (boss, admin)):
        fields = {"username": user.username, "email": "new@example.org", "groups": groups("team")}
        client.post(f"{LIST}{user.pk}/change/", fields)
        user.refresh_from_db()
        assert user.email == "new@example.org"
        assert user.is_active
        user.email = ""
        user.save()
    assert User.objects.get(username="boss").is_superuser
    assert [group.name for group in curie.groups.all()] == ["curator"]
    assert boss.get(f"{LIST}{admin.pk}/delete/").status_code == 403


def test_an_admin_makes_another(boss):
    invited(boss, is_superuser="on")
    user = User.objects.get(username="noether")
    assert (user.is_superuser, user.is_staff) == (True, True)


def test_nobody_sets_the_password_of_another(boss, desk):
    user = a_user("team", "noether")
    before = user.password
    for client in (boss, desk):
        client.post(f"{LIST}{user.pk}/password/", {"password1": NEW, "password2": NEW})
    user.refresh_from_db()
    assert user.password == before


def test_passwords_cannot_be_guessed_through_the_filters_of_the_list(desk):
    answer = desk.get(f"{LIST}?password__startswith=md5", follow=True)
    assert answer.status_code == 400


def test_the_list_asks_no_more_for_many_users(desk, django_assert_max_num_queries):
    for number in range(30):
        a_user("team", f"user-{number}")
    with django_assert_max_num_queries(9):
        page = desk.get(LIST)
    assert "user-29" in page.text


FIELDS = {
    "is_superuser": st.sampled_from(["on", "1", "True"]),
    "is_staff": st.just("on"),
    "is_active": st.just("on"),
    "password": st.just("md5$x$y"),
    "user_permissions": st.lists(st.integers(1, 60), max_size=3),
    "groups": st.lists(st.sampled_from([*ROLES, "auditors"]), max_size=4),
    "_saveasnew": st.just("1"),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    sent=st.fixed_dictionaries({}, optional=FIELDS),
    target=st.sampled_from(["add/", "curie", "colleague", "beyond"]),
)
def test_whatever_a_curator_sends_nobody_gains_more_than_a_curator_has(desk, sent, target):
    Group.objects.get_or_create(name="auditors")
    for name in ("colleague", "beyond"):
        if not User.objects.filter(username=name).exists():
            a_user("team", name, email=f"{name}@example.org", is_superuser=name == "beyond")
    if "groups" in sent:
        sent = sent | {"groups": groups(*sent["groups"])}
    user = User.objects.filter(username=target).first()
    address = f"{LIST}{user.pk}/change/" if user else f"{LIST}add/"
    name = target if user else f"new-{User.objects.count()}"
    before = dict(User.objects.values_list("username", "password"))
    person = {"username": name, "email": f"{name}@example.org"}
    assert desk.post(address, person | sent).status_code in (200, 302, 403)
    assert list(User.objects.filter(is_superuser=True).values_list("username", flat=True)) == [
        "beyond"
    ]
    assert not User.objects.filter(user_permissions__isnull=False).exists()
    assert not User.objects.filter(groups__name="auditors").exists()
    assert [g.name for g in User.objects.get(username="curie").groups.all()] == ["curator"]
    after = dict(User.objects.values_list("username", "password"))
    assert {name: after[name] for name in before} == before
    assert all(after[name].startswith("!") for name in after.keys() - before.keys())
