"""Warning flags that the program raises: each a pure function of what is known, with the evidence in a sentence or None.

An officer answers each; none of them decides anything. Codes are those of `reference/warning_flags.csv`.
"""

from __future__ import annotations

from collections.abc import Callable

from enduse.licensing.flags import chain, end_user, goods, papers, seen_above
from enduse.licensing.flags.known import YEAR, Advised, Known

SIGNS_COUNT_FOR = 3 * YEAR

FLAGS: dict[str, Callable[[Known], str | None]] = {
    **end_user.FLAGS, **chain.FLAGS, **papers.FLAGS, **goods.FLAGS, **seen_above.FLAGS,
}

# What is asked of each ultimate end user, and of each recipient of an open application, as of its end user. Possible matches and enquiries are read of all parties at once.
OF_AN_END_USER = tuple(code for code in [*end_user.FLAGS, *seen_above.FLAGS, *goods.OF_AN_END_USER] if code not in {"W02", "W15"})


def raised(known: Known) -> dict[str, str]:
    """Every flag that is raised, with its evidence; of several end users it says whose it is."""
    found = {code: flag(known) for code, flag in FLAGS.items()}
    for code in OF_AN_END_USER if known.others else ():
        said = [(each.end_user, FLAGS[code](each)) for each in (known, *known.others)]
        found[code] = " ".join(f"{whose}: {evidence}" for whose, evidence in said if evidence)
    return {code: evidence for code, evidence in found.items() if evidence}


__all__ = ["FLAGS", "SIGNS_COUNT_FOR", "Advised", "Known", "raised"]
