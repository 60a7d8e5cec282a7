"""The error model is learnt from confirmed traces, and the search uses the latest version."""

import json

import pytest

from enduse.ledger.verification import verify
from enduse.refusals import NotPermitted, Refused
from enduse.tracing import learning
from enduse.tracing.actions import confirm, learn_errors
from enduse.tracing.models import ErrorVersion
from enduse.tracing.ranking import rank, read, search
from tests.given import user
from tests.tracing import given


def traced(people, number, *, absent=0):
    """So many recoveries whose first 5 was read as S, each confirmed, and some that the register does not hold."""
    second = user("tracing_officer")
    guns = given.made(people, *(f"W5{n:05d}" for n in range(1, number + 1)))
    for gun in guns:
        found = given.recovery(people, "WS" + gun.serial[2:], case_reference=f"MICH/{gun.serial}")
        confirm(found, firearm=gun, by=people.tracer, second=second)
    for n in range(absent):
        confirm(given.recovery(people, f"QX99K88P7{n}", case_reference=f"MICH/none/{n}"), by=people.tracer)


def test_few_confirmed_traces_teach_nothing(people):
    traced(people, 2)
    with pytest.raises(Refused, match="2 traces were confirmed"):
        learn_errors(by=people.tracer)
    assert learning.current().version == "default-1"


def test_only_a_tracing_officer_learns(people):
    with pytest.raises(NotPermitted):
        learn_errors(by=people.custodian)


def test_the_search_uses_what_confirmed_traces_taught_and_names_it(people, client):
    traced(people, 20, absent=4)
    before = learning.current()
    made = learn_errors(by=people.tracer)

    after = learning.current()
    assert (made.confirmed, made.not_held, made.follows) == (20, 4, None)
    assert made.version.startswith("confirmed-")
    assert made.version.endswith("-20")
    assert after.wrong > before.wrong
    assert ("5", "S") in {(true, as_read) for true, as_read, _count in after.confusions}
    assert after.not_in_register == pytest.approx((4 + 0.1 * 20) / (24 + 20))
    assert verify().differences == ()

    recovery = given.recovery(people, "WS00003", case_reference="MICH/later")
    assert rank(recovery).error_model == made.version
    assert search(read("WS00003")).error_model == made.version
    assert search(read("WS00003")).none_probability != 0

    with pytest.raises(Refused, match="0 traces were confirmed"):
        learn_errors(by=people.tracer)
    assert ErrorVersion.objects.count() == 1

    client.force_login(people.tracer)
    (told,) = json.loads(client.get("/api/tracing/error-versions").content)
    assert (told["version"], told["confirmed"], told["leaf"], told["follows"]) == (made.version, 20, made.pk, "")


def test_versions_are_for_those_who_see_figures_and_learning_is_for_tracing_officers(people, client):
    for role, each in people.by_role().items():
        client.force_login(each)
        blind = role in {"applicant", "exporter", "custodian", "administrator", "customs_officer", "adviser"}
        assert client.get("/api/tracing/error-versions").status_code == (403 if blind else 200), role
        learnt = client.post("/api/tracing/error-versions").status_code
        assert (learnt == 403) == (role != "tracing_officer"), role
    assert not ErrorVersion.objects.exists()
