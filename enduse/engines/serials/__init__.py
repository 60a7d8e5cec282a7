"""Whose gun is this, given marks as read? Damaged serials to ranked guns with a probability each, and one for none.

>>> register = Register.build(path, [Gun(1, "W345872", make="Colt"), ...])
>>> register.search(read_marks("W3?5B72")).items[0].serial
'W345872'
"""

from enduse.engines.serials import batch, judge, reference
from enduse.engines.serials.answer import Candidate, Candidates, Gun
from enduse.engines.serials.attributes import Catalogue
from enduse.engines.serials.calibrate import Bin, Calibration, calibration
from enduse.engines.serials.explain import Reason, Step
from enduse.engines.serials.learn import fit
from enduse.engines.serials.marks import Marks, Token, TooLittle, UnreadableMarks, read_marks, read_other
from enduse.engines.serials.model import ErrorModel, misreadings
from enduse.engines.serials.register import Register
from enduse.engines.serials.segment import DamagedIndex
from enduse.engines.serials.several import laid_over
from enduse.engines.serials.symbols import canonical

__all__ = [
    "Bin", "Calibration", "Candidate", "Candidates", "Catalogue", "DamagedIndex", "ErrorModel", "Gun", "Marks", "Reason",
    "Register", "Step", "Token", "TooLittle", "UnreadableMarks", "batch", "calibration", "canonical", "fit", "judge", "laid_over",
    "misreadings", "read_marks", "read_other", "reference",
]  # fmt: skip
