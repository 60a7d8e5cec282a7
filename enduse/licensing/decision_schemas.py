"""What the endpoints of decisions, notices, appeals and a licence's changes take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ninja import Field, Schema


class AppealIn(Schema):
    grounds: str = Field(description="What the decision got wrong, and what is new.")


class AppealOut(Schema):
    id: int = Field(alias="pk")
    decision: int = Field(alias="decision_id")
    grounds: str
    recorded_at: datetime


class NoticeIn(Schema):
    letter: str = Field(description="The reference of the letter to the legislature.")
    sent_on: date | None = Field(None, description="None: today.")


class NoticeOut(Schema):
    id: int = Field(alias="pk")
    rule: str
    value_usd: int
    letter: str
    sent_on: date
    waits_until: date


class ObjectionIn(Schema):
    resolution: str = Field(description="Number and day of the resolution.")
    reason: str


class ObjectionOut(Schema):
    id: int = Field(alias="pk")
    resolution: str
    reason: str
    recorded_at: datetime


class ChangeProposalIn(Schema):
    change: str = Field(description="revoke or amend.")
    reason: str = Field(description="Why, in a sentence.")
    item: str = Field("", description="Of an amendment: a code of the list of amendments, such as SELLER, FORWARDER, TYPO.")
    party: int | None = Field(None, description="The other maker (SELLER) or the forwarder (FORWARDER).")
    was: str = Field("", description="The misprint (TYPO).")
    becomes: str = Field("", description="Its correction (TYPO).")


class ChangeProposalOut(Schema):
    id: int = Field(alias="pk")
    change: str
    item: str
    party: int | None = Field(alias="party_id")
    was: str
    becomes: str
    reason: str
    recorded_at: datetime
    agreed: bool | None = Field(description="Null: not answered yet.")

    @staticmethod
    def resolve_agreed(proposal: Any) -> bool | None:
        answer = getattr(proposal, "answer", None)
        return answer.agreed if answer is not None else None


class ChangeAnswerIn(Schema):
    agreed: bool = Field(description="True: it stands from now on; false: nothing changes.")
    reason: str = Field("", description="Needed to decline.")


class PurchaseIn(Schema):
    line: int = Field(description="The number of the licence's line.")
    maker: int = Field(description="A registered maker.")
    quantity: int
    order: str = Field(description="The reference of the order.")


class PurchaseOut(Schema):
    id: int = Field(alias="pk")
    line: int
    maker: int = Field(alias="maker_id")
    quantity: int
    order: str
    released: bool

    @staticmethod
    def resolve_line(purchase: Any) -> int:
        return purchase.line.number

    @staticmethod
    def resolve_released(purchase: Any) -> bool:
        return purchase.is_released


class DatedRule(Schema):
    code: str
    since: date | None
    until: date | None
    text: str
    applies: bool = Field(description="On the day asked for.")
    columns: dict[str, str] = Field(description="What the rule looks at, as its table has it.")


class DatedRules(Schema):
    day: date
    tables: dict[str, list[DatedRule]]
