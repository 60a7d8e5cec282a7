"""The error model: how often marks go wrong, and how. Everything a posterior rests on, in one versioned object."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from enduse.engines.serials.confusions import look_alikes
from enduse.engines.serials.symbols import LAST_LETTER, OTHER, SYMBOLS, code_of, symbol_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ErrorModel:
    """Chances per character, per serial and per attribute; all between 0 and 1.

    `wrong`: a readable character is misread; `look_alike_share`: of those, the share taken for a look-alike.
    Damage is mostly one thing, so errors are not independent: `more_errors`: how much less likely two errors are than if
    they were; `clean`: how much likelier than so it is that marks which could be read throughout have no error; `beside`: that
    marks of which a part could not be read have one all the same. `not_in_register`: of the guns traced; `strange`: of
    those, the share whose serial follows none of the register's schemes. `confusions`: (true, read, count) learnt from
    confirmed traces, added to the table of shapes.
    """

    version: str = "default-1"
    wrong: float = 0.04
    look_alike_share: float = 0.7
    missing: float = 0.012
    extra: float = 0.01
    swapped: float = 0.006
    prefix_omitted: float = 0.02
    suffix_omitted: float = 0.015
    zeros_omitted: float = 0.08
    zeros_added: float = 0.01
    run_stay: float = 0.75
    more_errors: float = 0.25
    clean: float = 0.4
    beside: float = 0.4
    not_in_register: float = 0.1
    strange: float = 0.02
    make_wrong: float = 0.06
    model_wrong: float = 0.1
    type_wrong: float = 0.06
    calibre_wrong: float = 0.06
    year_wrong: float = 0.15
    doubtful: float = 0.35
    confusions: tuple[tuple[str, str, float], ...] = ()

    def attribute_wrong(self, attribute: str, *, doubtful: bool) -> float:
        """The chance that an attribute as read is not the gun's."""
        plain = float(getattr(self, f"{attribute}_wrong"))
        return max(plain, self.doubtful) if doubtful else plain

    def levels(self, *, damaged: bool) -> tuple[float, float, float]:
        """What a reading with no error, one, and two or more counts against independent errors, the largest as 1."""
        none, one = (1.0, self.beside) if damaged else (self.clean, 1.0)
        top = max(none, one, one * self.more_errors)
        return none / top, one / top, one * self.more_errors / top

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> ErrorModel:
        """The model that `as_json` wrote."""
        known = {k: v for k, v in value.items() if k in cls.__dataclass_fields__}
        return replace(cls(**known), confusions=tuple((str(t), str(r), float(n)) for t, r, n in known.get("confusions", ())))


DEFAULT = ErrorModel()
SHAPE_WEIGHT = {3: 6.0, 2: 3.0, 1: 1.0}
PRIOR_COUNT = 30.0
"""How many confirmed readings of a character weigh as much as the table of shapes."""


@lru_cache(maxsize=64)
def reading_chances(model: ErrorModel) -> Floats:
    """P(read symbol | true symbol, a single character is read): (SYMBOLS, SYMBOLS), rows true, columns read, both by code."""
    import numpy as np

    shapes = np.zeros((SYMBOLS, SYMBOLS))
    for (true, read), weight in look_alikes().items():
        shapes[code_of(true), code_of(read)] = SHAPE_WEIGHT[weight]
    for true, read, count in model.confusions:
        shapes[code_of(true), code_of(read)] += count * SHAPE_WEIGHT[3] / PRIOR_COUNT
    chances = np.zeros((SYMBOLS, SYMBOLS))
    for code in range(1, SYMBOLS):
        alike = shapes[code].sum()
        share = model.look_alike_share if alike else 0.0
        others = np.ones(SYMBOLS)
        others[[0, code]] = 0.0
        if code != OTHER:
            others[OTHER] = 0.1
        chances[code] = model.wrong * (1 - share) * others / others.sum()
        if alike:
            chances[code] += model.wrong * share * shapes[code] / alike
        chances[code, code] = 1 - model.wrong
    chances.setflags(write=False)
    return chances


def is_look_alike(true: str, read: str) -> bool:
    """Whether the table of shapes says that `true` is taken for `read`."""
    return (true, read) in look_alikes()


NUMBER_OF_SIGNS = float(LAST_LETTER)


def misreadings(model: ErrorModel) -> tuple[tuple[str, str, float], ...]:
    """(true, read, chance) for every character that is read as another, of the times that a single character is read at it."""
    chances, signs = reading_chances(model), range(1, SYMBOLS)
    return tuple(
        (symbol_of(true), symbol_of(read), float(chances[true, read]))
        for true in signs for read in signs if true != read and OTHER not in (true, read) and chances[true, read] > 0
    )  # fmt: skip
