"""What is done with certificates: received, used, checked, confirmed, challenged, issued, taken from a signed file."""

from enduse.certificates.actions.checking import answer_inquiry, check, inquire
from enduse.certificates.actions.issuing import end_trust, issue, signed_file, take_file, trust_issuer
from enduse.certificates.actions.receiving import CertificateWords, Reused, carry, challenge, challenge_found, lift_challenge, receive, use

__all__ = [
    "CertificateWords", "Reused", "answer_inquiry", "carry", "challenge", "challenge_found", "check", "end_trust", "inquire", "issue",
    "lift_challenge", "receive", "signed_file", "take_file", "trust_issuer", "use",
]
