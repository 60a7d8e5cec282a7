"""Lists are loaded, parties compared with them, and an officer says of each hit whether it is the same party."""

from enduse.screening.actions.answering import resolve_hit
from enduse.screening.actions.comparing import screen, screen_all, screen_on_asking
from enduse.screening.actions.loading import load_list
from enduse.screening.actions.rescreening import Compared, rescreen

__all__ = ["Compared", "load_list", "rescreen", "resolve_hit", "screen", "screen_all", "screen_on_asking"]
