"""Learning the error model: expectation-maximisation over marks, with or without confirmed traces.

Each round searches with the current model, lays the candidates under the marks, counts what went wrong weighted by the
posterior, and takes new rates from the counts and from a prior that is the model to start from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from enduse.engines.serials.answer import Candidates
from enduse.engines.serials.attributes import ATTRIBUTES
from enduse.engines.serials.channel import evidence
from enduse.engines.serials.explain import Step, align
from enduse.engines.serials.marks import Marks
from enduse.engines.serials.model import DEFAULT, ErrorModel
from enduse.engines.serials.register import Register
from enduse.engines.serials.symbols import canonical

PRIOR_WEIGHT = 200.0
"""The model to start from counts like so many characters (or guns) already seen."""
ENOUGH = 0.02
"""Candidates less likely than this teach nothing."""
CEILING = 0.45
LEVEL_PRIOR = 10.0
"""The model to start from counts like so many readings where it says how errors come together."""


def fit(
    register: Register,
    marks: Sequence[Marks],
    *,
    confirmed: Mapping[int, int] | None = None,
    start: ErrorModel = DEFAULT,
    rounds: int = 4,
    most: int = 1500,
) -> ErrorModel:
    """The error model that best explains these marks; `confirmed` says for some of them (by place) the row that was theirs.

    Uses at most `most` of the marks, evenly spread. Deterministic.
    """
    every = max(1, -(-len(marks) // most))
    known = confirmed or {}
    chosen = [k for k in range(len(marks)) if k % every == 0 or k in known]
    model = start
    for _ in range(rounds if chosen else 0):
        seen: Counter[str] = Counter()
        confusions: Counter[tuple[str, str]] = Counter()
        open_ = [k for k in chosen if k not in known]  # whose gun is confirmed needs no search
        answers = dict(zip(open_, register.search_many([marks[k] for k in open_], model=model), strict=True))
        for k in chosen:
            _count(register, marks[k], answers.get(k), known.get(k), model, seen, confusions)
        model = _model(start, seen, confusions if known else Counter())
    return replace(model, version=f"fitted-{len(chosen)}")


def _count(
    register: Register, marks: Marks, answer: Candidates | None, row: int | None, model: ErrorModel,
    seen: Counter[str], confusions: Counter[tuple[str, str]],
) -> None:  # fmt: skip
    """Adds what one answer teaches; where the gun is confirmed it alone counts."""
    if answer is not None and not answer.exact:
        return
    given = evidence(marks, model)
    if row is not None:
        teaches, absent = [(row, 1.0)], 0.0
    elif answer is not None:
        teaches, absent = [(c.row, c.probability) for c in answer.items if c.probability > ENOUGH], answer.none_probability
    else:
        return
    seen["guns"] += 1
    seen["absent"] += absent  # type: ignore[assignment]
    if absent:
        by_scheme = register.general.likelihoods(given, model.strange)
        seen["strange"] += absent * float(by_scheme[len(register.general.names) :].sum() / by_scheme.sum())  # type: ignore[assignment]
    for number, weight in teaches:
        gun = register.gun(number)
        columns = align(marks, given, canonical(gun.serial))
        _count_steps(columns, weight, marks.damaged, seen, confusions)
        for attribute in ATTRIBUTES:
            found = register.attribute_chances(model, attribute, marks)
            held = str(getattr(gun, attribute) or "")
            if found is not None and held and attribute not in marks.doubtful:
                wrong = model.attribute_wrong(attribute, doubtful=False) * found[1] / max(found[0][held], 1e-12)
                seen[f"{attribute}_read"] += weight  # type: ignore[assignment]
                seen[f"{attribute}_wrong"] += weight * min(wrong, 1.0)  # type: ignore[assignment]


def _count_steps(columns: Sequence[Step], weight: float, damaged: bool, seen: Counter[str], confusions: Counter[tuple[str, str]]) -> None:
    kinds = Counter(s.kind for s in columns)
    kinds["swapped"] //= 2
    for omitted in ("prefix", "suffix", "zeros"):
        kinds[omitted] = min(kinds[omitted], 1)
    for kind, number in kinds.items():
        seen[kind] += number * weight  # type: ignore[assignment]
    seen["aligned"] += weight  # type: ignore[assignment]
    errors = sum(kinds[k] for k in ("look_alike", "wrong", "missing", "extra", "swapped", "prefix", "suffix"))
    seen["errors"] += errors * weight  # type: ignore[assignment]
    seen[f"{'damaged' if damaged else 'readable'} {min(errors, 2)}"] += weight  # type: ignore[assignment]
    seen["characters"] += weight * sum(bool(s.true) for s in columns)  # type: ignore[assignment]
    for step in columns:
        if step.kind in {"look_alike", "wrong"} and len(step.read) == 1:
            confusions[step.true, step.read] += weight  # type: ignore[assignment]


def _model(start: ErrorModel, seen: Counter[str], confusions: Counter[tuple[str, str]]) -> ErrorModel:
    def rate(name: str, happened: float, of: float, weight: float = PRIOR_WEIGHT) -> float:
        prior = float(getattr(start, name))
        return min(CEILING, max(1e-4, (happened + prior * weight) / (of + weight)))

    read = seen["same"] + seen["look_alike"] + seen["wrong"]
    wrong = seen["look_alike"] + seen["wrong"]
    rates = {
        "wrong": rate("wrong", wrong, read),
        "look_alike_share": min(0.95, (seen["look_alike"] + start.look_alike_share * 50) / (wrong + 50)),
        "missing": rate("missing", seen["missing"], seen["characters"]),
        "extra": rate("extra", seen["extra"], seen["characters"]),
        "swapped": rate("swapped", seen["swapped"], seen["characters"]),
        "prefix_omitted": rate("prefix_omitted", seen["prefix"], seen["aligned"]),
        "suffix_omitted": rate("suffix_omitted", seen["suffix"], seen["aligned"]),
        "zeros_omitted": start.zeros_omitted,
        "not_in_register": rate("not_in_register", seen["absent"], seen["guns"], 20.0),
        "strange": rate("strange", seen["strange"], seen["absent"], 20.0),
    }
    for attribute in ATTRIBUTES:
        name = f"{attribute}_wrong"
        rates[name] = rate(name, seen[name], seen[f"{attribute}_read"], 50.0)
    rates |= _levels(start, seen)
    learnt = tuple((t, r, float(n)) for (t, r), n in sorted(confusions.items()) if n >= 0.5)
    return replace(start, **rates, confusions=(*start.confusions, *learnt))  # type: ignore[arg-type]


def _levels(start: ErrorModel, seen: Counter[str]) -> dict[str, float]:
    """How far errors are from independent: counts of 0, 1 and 2 errors against those of a Poisson law of the same mean."""
    mean = seen["errors"] / max(seen["aligned"], 1.0)
    ratio = {(kind, k): seen[f"{kind} {k}"] for kind in ("readable", "damaged") for k in range(3)}

    def pulled(prior: float, happened: float, expected: float, low: float, high: float) -> float:
        return min(high, max(low, (happened + prior * LEVEL_PRIOR) / (expected + LEVEL_PRIOR)))

    return {
        "clean": pulled(start.clean, ratio["readable", 0], ratio["readable", 1] / max(mean, 0.05), 0.02, 5.0),
        "beside": pulled(start.beside, ratio["damaged", 1], ratio["damaged", 0] * mean, 0.02, 5.0),
        "more_errors": pulled(start.more_errors, ratio["readable", 2], ratio["readable", 1] * mean / 2, 0.02, 1.0),
    }
