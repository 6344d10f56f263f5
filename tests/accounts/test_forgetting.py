"""What the privacy note promises to delete is deleted by the worker, without an operator."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Schedule

from apps.accounts.models import Token
from apps.accounts.tasks import forget
from tests.accounts.test_tokens import issued
from tests.factories import a_user, in_days

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_the_queue_forgets_every_day_without_end():
    schedule = Schedule.objects.get(func="apps.accounts.tasks.forget")
    assert (schedule.schedule_type, schedule.repeats) == (Schedule.DAILY, -1)
    assert import_string(schedule.func) is forget


def test_failed_sign_ins_are_forgotten_after_30_days_and_not_before():
    for name in ("old", "young"):
        Client().post("/accounts/login/", {"username": name, "password": "wrong"})
    assert AccessAttempt.objects.count() == 2
    for name, days in (("old", -31), ("young", -29)):
        AccessAttempt.objects.filter(username=name).update(attempt_time=in_days(days))
    forget()
    assert [attempt.username for attempt in AccessAttempt.objects.filter()] == ["young"]


def test_expired_tokens_and_sessions_are_forgotten_and_valid_ones_stay():
    user = a_user("team")
    issued(user, "valid")
    expired, _ = issued(user, "expired")
    Token.objects.filter(pk=expired.pk).update(expiry=in_days(-1))
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(user)
    Session.objects.filter(pk=clients[0].session.session_key).update(expire_date=in_days(-1))
    forget()
    assert [token.name for token in Token.objects.filter()] == ["valid"]
    assert [session.pk for session in Session.objects.filter()] == [clients[1].session.session_key]


def test_a_token_is_forgotten_when_it_ends():
    issued(a_user("team"), days=3)
    forget(timezone.now() + timedelta(days=2))
    assert Token.objects.exists()
    forget(timezone.now() + timedelta(days=4))
    assert not Token.objects.exists()
