"""End-use certificates: received or issued, checked, confirmed with their issuer, used, and what is learnt against them."""
