"""The log's pages in a real browser: a citizen compares a kept checkpoint, two officers forget by order; WCAG 2.2 AA by axe."""

from __future__ import annotations

import pytest

from enduse.engines import translog
from enduse.ledger import forgetting
from enduse.ledger.actions import sign
from enduse.ledger.keys import signer
from tests.given import people as make_people
from tests.ledger.given import made
from tests.tracing import given as tracing
from tests.web.conftest import barriers, runs_off_the_side

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width", "fits", "contradicts"), [
    ("en", 1280, "Your checkpoint fits", "contradict each other"), ("es", 390, "concuerda", "se contradicen"),
])
def test_a_citizen_compares_a_checkpoint_that_fits_and_one_that_does_not(opened, language, width, fits, contradicts):
    made(make_people(), 2)
    forged = translog.make_checkpoint(signer().name, 1, bytes(32), signer())
    for note, says in ((sign().note, fits), (forged, contradicts)):
        with opened("/log/monitor/", language=language, width=width) as page:
            page.fill("#id_checkpoint", note)
            page.click("main form button")
            assert says in page.inner_text("main")
            assert barriers(page) == []
            assert runs_off_the_side(page) == 0


def test_two_officers_forget_by_order(opened):
    people = make_people()
    recovery = tracing.recovery(people, "W34587", note="J. Example found it.")
    with opened(f"/log/{recovery.pk}/", people.tracer) as page:
        assert barriers(page) == []
        page.click("text=Propose that this content be forgotten")
        page.fill("#id_authority", "Order 12/2012")
        page.fill("#id_reason", "A person is named without need.")
        assert barriers(page) == []
        page.click("main form button")
        address = page.url.partition("/log/")[2]
    with opened(f"/log/{address}", people.countersigner, width=390) as page:
        assert barriers(page) == []
        assert runs_off_the_side(page) == 0
        page.check("input[name=ordered][value=yes]")
        page.click("main form button")
        assert "was forgotten" in page.inner_text("body")
    recovery.refresh_from_db()
    assert recovery.note == ""
    assert forgetting.apply_orders() == []
