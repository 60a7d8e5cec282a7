"""The slow plain scan: every gun weighed by the definition, nothing left out. Tests hold the fast search to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from enduse.engines.serials import attributes
from enduse.engines.serials.answer import FLOOR, Candidate, Candidates, Gun
from enduse.engines.serials.attributes import ATTRIBUTES, Catalogue
from enduse.engines.serials.channel import evidence, likelihood
from enduse.engines.serials.explain import align
from enduse.engines.serials.marks import Marks
from enduse.engines.serials.model import DEFAULT, ErrorModel
from enduse.engines.serials.register import STRANGER
from enduse.engines.serials.schemes import SerialsInGeneral, learn_schemes, merge_schemes
from enduse.engines.serials.search import refuse_too_little
from enduse.engines.serials.symbols import canonical, code_of


def search(
    guns: Sequence[Gun], marks: Marks, limit: int = 10, model: ErrorModel | None = None, names: Catalogue | None = None
) -> Candidates:
    """What `Register.search` answers for a register of these guns, worked out the long way."""
    model, names = model or DEFAULT, names or attributes.standard()
    if not guns:
        return Candidates((), 1.0)
    given = evidence(marks, model)
    serials = [tuple(code_of(c) for c in canonical(g.serial)) for g in guns]
    schemes = learn_schemes(s[:10] for s in serials)
    general = SerialsInGeneral.of(merge_schemes([schemes]))
    refuse_too_little(len(guns) * general.likelihood(given, model.strange) / float(given.most[0]))
    members = {s.name: s.members.tolist() for s in schemes}
    factors, by_scheme = _factors(guns, marks, model, names, [members[name] for name in general.names])
    by_scheme += [1.0] * (len(general.weights) - len(by_scheme))
    elsewhere = sum(chance * factor for chance, factor in zip(general.likelihoods(given, model.strange), by_scheme, strict=True))
    none = elsewhere * model.not_in_register * len(guns) / (1 - model.not_in_register)
    weights = [likelihood(given, s) * f for s, f in zip(serials, factors, strict=True)]
    total = sum(weights) + none
    order = sorted(range(len(guns)), key=lambda row: (-weights[row], row))[:limit]
    items = tuple(
        Candidate(
            row, guns[row].key, guns[row].serial, weights[row] / total,
            lambda _row, serial: (align(marks, given, canonical(serial)), ()),
        )
        for row in order
        if weights[row] >= FLOOR * max(none, weights[order[0]])
    )  # fmt: skip
    return Candidates(items, none / total, len(guns))


def _factors(
    guns: Sequence[Gun], marks: Marks, model: ErrorModel, names: Catalogue, schemes: list[list[int]]
) -> tuple[list[float], list[float]]:
    """What the attributes as read multiply likelihoods by, against a gun elsewhere: each gun's, and those of schemes given
    by their members."""
    factors, apart = [1.0] * len(guns), 1.0
    for attribute in ATTRIBUTES:
        read = getattr(marks, attribute)
        if read is None or read == "":
            continue
        held = [str(getattr(g, attribute) or "") for g in guns]
        wrong = model.attribute_wrong(attribute, doubtful=attribute in marks.doubtful)
        by_value, share = attributes.chances(names, wrong, attribute, str(read), Counter(held))
        apart *= share
        factors = [f * by_value[v] for f, v in zip(factors, held, strict=True)]
    elsewhere = (1 - STRANGER) * sum(factors) / len(guns) + STRANGER * apart
    by_scheme = [(1 - STRANGER) * sum(factors[k] for k in members) / len(members) + STRANGER * apart for members in schemes]
    return [f / elsewhere for f in factors], [f / elsewhere for f in by_scheme]
