"""Canonical JSON, and the salted commitments that let one gun's event be shown without the others."""

import hmac
import json
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from enduse.engines import translog
from enduse.engines.translog import CanonicalError, CommitmentError

keys = st.one_of(st.text(max_size=8), st.sampled_from(["serial", "make", "a", "A", "\x7f", '"', "\\", "\n", "é"]))
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53) + 1, 2**53 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=12),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(keys, inner, max_size=5)),
    max_leaves=25,
)


@settings(deadline=None)
@given(values)
def test_canonical_bytes_are_those_of_the_rfc_8785_library(value):
    assert translog.canonical(value) == rfc8785.dumps(value)


@settings(deadline=None)
@given(values)
def test_canonical_bytes_read_back_as_the_same_bytes(value):
    once = translog.canonical(value)
    assert translog.canonical(translog.parse_canonical(once)) == once


def test_the_example_of_rfc_8785_gives_the_published_bytes():
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\x0f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    assert translog.canonical(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_keys_are_sorted_as_rfc_8785_sorts_them_by_utf_16_units():
    value = dict.fromkeys(["€", "\r", "\ufb33", "1", "😀", "\x80", "ö"], 0)
    assert list(json.loads(translog.canonical(value))) == ["\r", "1", "\x80", "ö", "€", "😀", "\ufb33"]


def test_an_object_is_the_same_whatever_the_order_it_was_filled_in():
    assert translog.canonical({"b": 1, "a": [2, {"d": 3, "c": 4}]}) == b'{"a":[2,{"c":4,"d":3}],"b":1}'
    assert translog.canonical({"a": [2, {"c": 4, "d": 3}], "b": 1}) == b'{"a":[2,{"c":4,"d":3}],"b":1}'


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": {"b": float("nan")}}, r"value\.a\.b is nan"),
        ({"a": [0, float("inf")]}, r"value\.a\[1\] is inf"),
        ({"a": 2**53}, r"value\.a is 9007199254740992"),
        ({"a": {1: 2}}, r"value\.a: the key 1 is not a string"),
        ({"a": "\ud800"}, r"value\.a has half of a surrogate pair"),
        ({"a": b"bytes"}, r"value\.a is a bytes"),
        ([{1, 2}], r"value\[0\] is a set"),
    ],
)
def test_what_has_no_canonical_form_is_refused_with_its_place(value, where):
    with pytest.raises(CanonicalError, match=where):
        translog.canonical(value)


def test_a_value_that_contains_itself_is_refused():
    value: list[object] = []
    value.append(value)
    with pytest.raises(CanonicalError, match="contains itself"):
        translog.canonical(value)


@pytest.mark.parametrize(
    "text", ['{"b":1,"a":2}', '{"a": 1}', '{"a":1,"a":1}', "1.0", "[NaN]", '"\\u0041"', "{", "", '{"a":1}\n']
)
def test_json_that_is_not_in_the_canonical_form_is_refused(text):
    with pytest.raises(CanonicalError):
        translog.parse_canonical(text)


def test_commitments_are_the_published_formulas_and_stay_the_same():
    salt = bytes(range(32))
    own = hmac.digest(salt, b"enduse content salt v1", "sha256")
    third = hmac.digest(salt, b"enduse item salt v1" + (3).to_bytes(8, "big"), "sha256")
    assert translog.content_salt(salt) == own
    assert translog.item_salt(salt, 3) == third
    label = b"enduse content commitment v1\0\0\0\0"
    assert translog.commitment(own, b"{}") == sha256(label + own + b"{}").digest()
    label = b"enduse item commitment v1\0\0\0\0\0\0\0"
    assert translog.item_commitment(third, b"{}") == sha256(label + third + b"{}").digest()
    assert translog.commitment(own, b"{}").hex() == "c4b1e73dbd5d139ebbe23e0c33b0f3bcc591a0864ca3bd3ce1a80e91bffac38c"
    assert translog.item_commitment(third, b"{}").hex() == "04d4105c2cb072311dccc6bdd89cc23a962377083ada45d909e0b4c32309ef21"


@settings(deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=20))
def test_commitments_of_many_items_are_those_of_each(items):
    salt = sha256(b"a salt").digest()
    each = [translog.item_commitment(translog.item_salt(salt, n), item) for n, item in enumerate(items)]
    assert translog.item_commitments(salt, items) == each
    assert translog.items_root(each) == translog.root(each)


def test_equal_items_of_one_event_and_of_two_events_have_unlike_commitments():
    first, second = translog.new_salt(), translog.new_salt()
    commitments = translog.item_commitments(first, [b"same"] * 50) + translog.item_commitments(second, [b"same"] * 50)
    assert len(set(commitments)) == 100


def test_an_item_never_passes_for_a_content():
    salt = bytes(32)
    assert translog.commitment(salt, b"x") != translog.item_commitment(salt, b"x")


def test_salts_are_32_unlike_random_bytes_and_others_are_refused():
    salts = {translog.new_salt() for _ in range(100)}
    assert len(salts) == 100
    assert {len(salt) for salt in salts} == {32}
    with pytest.raises(CommitmentError, match="32 bytes, not 31"):
        translog.commitment(bytes(31), b"")
    with pytest.raises(CommitmentError, match="32 bytes, not 0"):
        translog.item_commitments(b"", [b"x"])
