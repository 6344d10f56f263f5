"""The frame of every page leads to one's own account."""

import pytest

pytestmark = [pytest.mark.db, pytest.mark.django_db]


def test_the_signed_in_name_leads_to_the_own_account(team, visitor):
    bar = team.get("/").text.partition("</header>")[0]
    assert 'href="/accounts/">a-team' in bar
    assert 'href="/accounts/"' not in visitor.get("/").text
