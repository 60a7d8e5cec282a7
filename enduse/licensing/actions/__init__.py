"""What is done in licensing: filing by the applicant, casework and decision by officers, the life of a licence."""

from enduse.licensing.actions.advising import advise, ask_advice, close_advice
from enduse.licensing.actions.amending import agree, decline, propose_amendment, propose_revocation
from enduse.licensing.actions.appealing import appeal
from enduse.licensing.actions.assessing import assess
from enduse.licensing.actions.buying import buy, release_purchase
from enduse.licensing.actions.casework import recommend
from enduse.licensing.actions.certificates import answer_inquiry, challenge_certificate, take_certificate_file
from enduse.licensing.actions.deciding import decide, send_back
from enduse.licensing.actions.filing import CertificateGiven, LineAsked, draft, revise_draft, submit, withdraw
from enduse.licensing.actions.handling import assign, flag, move, note, release, take
from enduse.licensing.actions.holds import hold, hold_applications_of, release_hold
from enduse.licensing.actions.notifying import issue, notify, object_to
from enduse.licensing.actions.opening import file_undertaking, refuse_before_first_use, refuse_on_undertaking, register_first_use
from enduse.licensing.actions.papers import accept_difference, file_paper
from enduse.licensing.actions.permits import (
    refuse_beyond_licence,
    refuse_unless_live,
    reinstate,
    rescreen_licensed_parties,
    surrender,
    suspend,
    suspend_on_alert,
    use,
)
from enduse.licensing.actions.questions import answer_question, ask, remind, withdraw_question
from enduse.licensing.actions.replacing import draft_replacement
from enduse.licensing.actions.routing import edit_routing
from enduse.licensing.actions.signs import end_sign, post_duty_done, post_sign
from enduse.licensing.actions.versioning import amend, copy

__all__ = [
    "CertificateGiven",
    "LineAsked",
    "accept_difference",
    "advise",
    "agree",
    "amend",
    "answer_inquiry",
    "answer_question",
    "appeal",
    "ask",
    "ask_advice",
    "assess",
    "assign",
    "buy",
    "challenge_certificate",
    "close_advice",
    "copy",
    "decide",
    "decline",
    "draft",
    "draft_replacement",
    "edit_routing",
    "end_sign",
    "file_paper",
    "file_undertaking",
    "flag",
    "hold",
    "hold_applications_of",
    "issue",
    "move",
    "note",
    "notify",
    "object_to",
    "post_duty_done",
    "post_sign",
    "propose_amendment",
    "propose_revocation",
    "recommend",
    "refuse_before_first_use",
    "refuse_beyond_licence",
    "refuse_on_undertaking",
    "refuse_unless_live",
    "register_first_use",
    "reinstate",
    "release",
    "release_hold",
    "release_purchase",
    "remind",
    "rescreen_licensed_parties",
    "revise_draft",
    "send_back",
    "submit",
    "surrender",
    "suspend",
    "suspend_on_alert",
    "take",
    "take_certificate_file",
    "use",
    "withdraw",
    "withdraw_question",
]
