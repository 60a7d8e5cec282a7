"""What is done in licensing: filing by the applicant, casework and decision by officers, the life of a licence."""

from enduse.licensing.actions.assessing import assess
from enduse.licensing.actions.casework import decide, recommend, send_back
from enduse.licensing.actions.filing import CertificateGiven, LineAsked, draft, revise_draft, submit, withdraw
from enduse.licensing.actions.holds import hold, hold_applications_of, release_hold
from enduse.licensing.actions.permits import (
    refuse_beyond_licence,
    refuse_unless_live,
    reinstate,
    rescreen_licensed_parties,
    revoke,
    surrender,
    suspend,
    use,
)
from enduse.licensing.actions.signs import end_sign, post_duty_done, post_sign

__all__ = [
    "CertificateGiven",
    "LineAsked",
    "assess",
    "decide",
    "draft",
    "end_sign",
    "hold",
    "hold_applications_of",
    "post_duty_done", "post_sign",
    "recommend",
    "refuse_beyond_licence",
    "refuse_unless_live",
    "reinstate",
    "release_hold",
    "rescreen_licensed_parties",
    "revise_draft",
    "revoke",
    "send_back",
    "submit",
    "surrender",
    "suspend",
    "use",
    "withdraw",
]
