"""The access rule in Python and its twin in SQL say the same."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, models
from django.test.utils import isolate_apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.archive.models import DataProduct, IngestRun
from apps.core.managers import TEAM_GROUPS, RestrictedQuerySet, is_team
from apps.core.models import Job
from apps.core.policy import Access, may_see, strictest
from apps.core.timeaxis import TimeRange
from tests.factories import a_product, a_user

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
db = pytest.mark.db
instants = st.integers(-3, 3).map(lambda days: NOW + timedelta(days=days))
rules = st.one_of(
    st.tuples(st.just(Access.PUBLIC), st.none() | instants),
    st.tuples(st.just(Access.EMBARGOED), instants),
    st.tuples(st.just(Access.TEAM), st.none() | instants),
)
many = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def viewers(db):
    """Every kind of viewer: nobody, an account without a group, each role, a superuser."""
    people = {role: a_user(role) for role in TEAM_GROUPS}
    admin = User.objects.create_superuser("admin")
    return {"visitor": AnonymousUser(), "person": a_user(), "admin": admin} | people


@pytest.fixture(scope="module")
def run_model():
    """Ingest runs as a model that reaches its access level through the product."""
    with isolate_apps("tests"):

        class Run(models.Model):
            access_path = "product__"
            product = models.ForeignKey(DataProduct, on_delete=models.CASCADE, related_name="+")
            objects = RestrictedQuerySet.as_manager()

            class Meta:
                app_label = "tests"
                managed = False
                db_table = IngestRun._meta.db_table

            def __str__(self):
                return "run"

        yield Run


@pytest.fixture(scope="module")
def owned_model():
    """Jobs as a model with an owner; the number of the attempt stands in for the owner's id."""
    with isolate_apps("tests"):

        class Owned(models.Model):
            access_path = ""
            owner_path = "owner"
            access = models.CharField(max_length=9)
            release_at = models.DateTimeField(null=True)
            owner = models.ForeignKey(
                User, on_delete=models.CASCADE, related_name="+", db_column="attempt"
            )
            objects = RestrictedQuerySet.as_manager()

            class Meta:
                app_label = "tests"
                managed = False
                db_table = Job._meta.db_table

            def __str__(self):
                return "owned"

        yield Owned


@db
@many
@given(rule=rules, now=instants)
def test_both_statements_of_the_rule_agree(viewers, rule, now):
    access, release_at = rule
    job, _ = Job.objects.update_or_create(
        kind="test", defaults={"access": access, "release_at": release_at}
    )
    for viewer in viewers.values():
        expected = may_see(access, release_at, is_team=is_team(viewer), is_owner=False, now=now)
        assert Job.objects.filter(pk=job.pk).visible_to(viewer, now).exists() == expected


@db
@many
@given(rule=rules, now=instants)
def test_they_agree_for_a_record_that_reaches_its_access_through_another(
    viewers, data_dir, run_model, rule, now
):
    access, release_at = rule
    product = DataProduct.objects.first() or a_product()
    run, _ = IngestRun.objects.get_or_create(product=product, started_at=NOW, seconds=1)
    DataProduct.objects.filter(pk=product.pk).update(access=access, release_at=release_at)
    for viewer in viewers.values():
        expected = may_see(access, release_at, is_team=is_team(viewer), is_owner=False, now=now)
        assert run_model.objects.filter(pk=run.pk).visible_to(viewer, now).exists() == expected


@db
@many
@given(rule=rules, now=instants, owned=st.booleans())
def test_they_agree_for_the_owner_of_a_record(viewers, owned_model, rule, now, owned):
    access, release_at = rule
    owner = viewers["person"]
    job, _ = Job.objects.update_or_create(
        kind="test",
        defaults={
            "access": access,
            "release_at": release_at,
            "attempt": owner.pk if owned else 0,
        },
    )
    for name, viewer in viewers.items():
        is_owner = owned and name == "person"
        expected = may_see(access, release_at, is_team=is_team(viewer), is_owner=is_owner, now=now)
        assert owned_model.objects.filter(pk=job.pk).visible_to(viewer, now).exists() == expected


@db
@pytest.mark.django_db
def test_a_record_overlaps_a_range_if_they_share_an_instant(data_dir):
    noon = datetime(2022, 3, 28, 12, tzinfo=UTC)
    hour = timedelta(hours=1)
    a_product(start=noon, stop=noon + hour)
    moment = a_product("hk-mini", start=noon + hour, stop=noon + hour)

    def found(start, stop):
        rows = DataProduct.objects.overlapping(TimeRange(start, stop)).order_by("pk")
        return [product.product_type for product in rows]

    assert found(noon, noon + hour) == ["ql-lightcurve"]
    assert found(noon - hour, noon) == []
    assert found(noon + hour, noon + 2 * hour) == ["hk-mini"]
    tick = timedelta(milliseconds=1)
    assert found(noon - hour, noon + tick) == ["ql-lightcurve"]
    assert found(noon + hour - tick, noon + 2 * hour) == ["ql-lightcurve", moment.product_type]


@db
def test_an_embargo_without_a_release_date_is_refused_by_the_database(viewers):
    with pytest.raises(IntegrityError):
        Job.objects.create(kind="test", access="embargoed", release_at=None)


@db
def test_a_record_nobody_classified_belongs_to_the_team(viewers):
    Job.objects.create(kind="test")
    assert not Job.objects.visible_to(viewers["visitor"]).exists()
    assert Job.objects.visible_to(viewers["team"]).exists()


@given(st.lists(rules, min_size=1, max_size=5), instants)
def test_the_strictest_rule_shows_nothing_that_one_of_its_parts_hides(parts, now):
    def visitor_sees(rule):
        return may_see(*rule, is_team=False, is_owner=False, now=now)

    combined = strictest(parts)
    assert visitor_sees(combined) == all(visitor_sees(rule) for rule in parts)
    assert (combined[1] is not None) == (combined[0] == Access.EMBARGOED)
