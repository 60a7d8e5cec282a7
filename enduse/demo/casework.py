"""A case in hand: its officer took it, noted something for colleagues and asked another body, whose adviser has it on the desk."""

from __future__ import annotations

from datetime import date

from enduse.demo.people import Cast
from enduse.demo.story import at
from enduse.licensing import actions as licensing
from enduse.licensing.models import Application


def in_hand(cast: Cast, application: Application) -> None:
    officer = cast.users["officer"]
    with at(date(2011, 12, 13), 9):
        licensing.take(application, by=officer)
        licensing.note(application, text="The carbines are meant for the same stations as those of A-2011-0002: read its deliveries first.", by=officer)
    with at(date(2011, 12, 13), 11):
        licensing.ask_advice(application, body=cast.ministry, days=15, by=officer,
                             text="Does anything in the region speak against four hundred carbines for state police stations?")
