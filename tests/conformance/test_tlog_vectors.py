"""Good and broken RFC 6962 proofs gathered by others: the good ones are accepted, the broken ones refused.

Read in place from the folder of shared data (ENDUSE_SHARED, else ../shared beside the repository).
"""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest

from enduse.engines import translog

SHARED = Path(os.environ.get("ENDUSE_SHARED") or Path(__file__).parents[2].parent / "shared")
VECTORS = SHARED / "data" / "tlog"
NO_VECTORS = f"the shared proof vectors are not at {VECTORS}; set ENDUSE_SHARED to the folder that holds data/tlog"
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason=NO_VECTORS)


def vectors(name: str) -> list[Any]:
    path = VECTORS / name
    if not path.is_file():
        return []
    return [pytest.param(vector, id=vector["name"]) for vector in json.loads(path.read_text(encoding="utf-8"))]


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


@pytest.mark.parametrize("vector", vectors("inclusion_proofs.json"))
def test_an_inclusion_proof_is_accepted_or_refused_as_its_vector_says(vector):
    proof = [raw(value) for value in vector["proof"] or []]
    given = raw(vector["leafHash"]), vector["leafIdx"], vector["treeSize"], proof, raw(vector["root"])
    if vector["wantErr"]:
        with pytest.raises(translog.ProofError):
            translog.verify_inclusion(*given)
    else:
        assert translog.verify_inclusion(*given) is None


@pytest.mark.parametrize("vector", vectors("consistency_proofs.json"))
def test_a_consistency_proof_is_accepted_or_refused_as_its_vector_says(vector):
    proof = [raw(value) for value in vector["proof"] or []]
    given = vector["size1"], raw(vector["root1"]), vector["size2"], raw(vector["root2"]), proof
    if vector["wantErr"]:
        with pytest.raises(translog.ProofError):
            translog.verify_consistency(*given)
    else:
        assert translog.verify_consistency(*given) is None


def test_the_vectors_hold_good_and_broken_proofs_of_both_kinds():
    for name in ("inclusion_proofs.json", "consistency_proofs.json"):
        wanted = [vector.values[0]["wantErr"] for vector in vectors(name)]
        assert len(wanted) > 60
        assert {True, False} == set(wanted)
