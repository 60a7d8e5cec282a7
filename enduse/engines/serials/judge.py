"""How good a search is on recoveries whose gun is known: whether its chances mean what they say, and how often it finds the gun."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from enduse.engines.serials.answer import Candidates
from enduse.engines.serials.batch import MOST_RANKS, BadFile, Recoveries, read_guns, read_recoveries
from enduse.engines.serials.calibrate import Bin, Calibration, calibration
from enduse.engines.serials.learn import fit as fit_model
from enduse.engines.serials.model import DEFAULT, ErrorModel
from enduse.engines.serials.register import Register

FITS_TOO_MANY = "the marks fit too many guns of this register to rank them"


@dataclass(frozen=True)
class Judged:
    """What was claimed of known recoveries against what they were.

    `likeliest`: claims that the first candidate is the gun; `none`: claims that the register does not hold it; both of the
    recoveries that were answered. `found_first` and `found_in_ten` are shares of the `held` recoveries whose gun the
    register holds, where one without an answer counts as not found; None when there are none.
    """

    guns: int
    recoveries: int
    held: int
    fitted_on: int
    likeliest: Calibration
    none: Calibration
    found_first: float | None
    found_in_ten: float | None
    unanswered: tuple[tuple[str, str], ...]
    model: ErrorModel

    def as_dict(self) -> dict[str, Any]:
        return {
            "guns": self.guns, "recoveries": self.recoveries, "held": self.held, "fitted_on": self.fitted_on,
            "found_first": self.found_first, "found_in_ten": self.found_in_ten,
            "likeliest": _as_dict(self.likeliest), "none": _as_dict(self.none),
            "unanswered": [{"id": identity, "why": why} for identity, why in self.unanswered],
            "error_model": self.model.as_json(),
        }  # fmt: skip


def judge_file(
    register_csv: Path,
    recoveries_csv: Path,
    *,
    fit: bool = False,
    progress: Callable[[int, int], None] | None = None,
    model: ErrorModel = DEFAULT,
) -> Judged:
    """Traces recoveries whose gun is known and compares; columns as for `batch.trace_file`, and `row` with each recovery.

    With `fit` the model is fitted to the marks of the first half, without their rows, and judged on the second half only.
    Raises BadFile when a file has a fault, and where a row is beyond the register.
    """
    known = read_recoveries(Path(recoveries_csv), known=True)
    first = len(known.marks) // 2 if fit else 0
    if len(known.marks) - first < 1 or (fit and not first):
        raise BadFile([f"{recoveries_csv}: there are too few recoveries to judge; give {'two' if fit else 'one'} at least."])
    with tempfile.TemporaryDirectory(prefix="register-") as folder:
        register = Register.build(Path(folder), read_guns(Path(register_csv)))
        _refuse_beyond(recoveries_csv, known, len(register))
        learnt = [m for m in known.marks[:first] if m is not None]
        if learnt:
            model = fit_model(register, learnt, start=model)
        asked = [(k, m) for k, m in enumerate(known.marks) if k >= first and m is not None]
        told = (lambda done: progress(done, len(asked))) if progress is not None else None
        answers = register.search_many([m for _, m in asked], MOST_RANKS, told, model)
        given = dict(zip([k for k, _ in asked], answers, strict=True))
        return _judged(register, known, first, given, model, len(learnt))


def _judged(register: Register, known: Recoveries, first: int, given: dict[int, Candidates], model: ErrorModel, fitted_on: int) -> Judged:
    judged = range(first, len(known.marks))
    silent = {k for k, answer in given.items() if not answer.items and not answer.exact}
    answered = [(given[k], known.rows[k]) for k in judged if k in given and k not in silent]
    held = sum(known.rows[k] is not None for k in judged)
    reasons = iter(known.unanswered)
    why = {k: next(reasons)[1] for k, m in enumerate(known.marks) if m is None} | dict.fromkeys(silent, FITS_TOO_MANY)
    return Judged(
        len(register), len(judged), held, fitted_on,
        calibration((a.items[0].probability, a.items[0].row == row) for a, row in answered if a.items),
        calibration((min(a.none_probability, 1.0), row is None) for a, row in answered),
        _found(answered, held, 1), _found(answered, held, MOST_RANKS),
        tuple((known.identities[k], why[k]) for k in judged if k in why),
        model,
    )  # fmt: skip


def _found(answered: Sequence[tuple[Candidates, int | None]], held: int, ranks: int) -> float | None:
    found = sum(row is not None and row in [c.row for c in answer.items[:ranks]] for answer, row in answered)
    return found / held if held else None


def _refuse_beyond(path: Path, known: Recoveries, guns: int) -> None:
    faults = [
        f"{path}, line {line}: row {row:,} is beyond the register of {guns:,} guns; rows count from 0, without the line of names."
        for line, row in zip(known.lines, known.rows, strict=True)
        if row is not None and row >= guns
    ]
    if faults:
        raise BadFile(faults)


def _as_dict(found: Calibration) -> dict[str, Any]:
    return {"expected_calibration_error": found.error if found.number else None, "claims": found.number, "bins": [_bin(b) for b in found.bins]}


def _bin(b: Bin) -> dict[str, Any]:
    told = {"low": b.low, "high": b.high, "claims": b.number}
    if not b.number:
        return told | {"claimed": None, "happened": None, "interval": None}
    return told | {"claimed": b.claimed, "happened": b.happened, "interval": list(b.interval)}
