"""Every address of the site and every operation of the API, with what the one table of permissions says of each.

An address says it by its decorator (`needs`, `sees_noun`); an operation by its id, which is an action's name, or
`list_`/`get_` with a noun. What neither names stands here, in the open. Who adds an address that none of this
covers is told so by the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import get_resolver

from enduse.accounts.permissions import ACTIONS, NOUNS, Role, Scope
from tests.permissions.world import ANYBODY

# Pages that anybody reads: the front, the rules, the log and its files, the check of a licence, the claims.
PUBLIC_PAGES = {
    "web:home", "web:life", "web:rules", "set_language", "ledger:log", "ledger:leaf", "ledger:checkpoint", "ledger:key",
    "ledger:tile", "ledger:cosigned", "ledger:monitor", "ledger:fork", "ledger:program", "ledger:keys", "ledger:rotation", "licensing:verify", "reports:claims",
}
SIGNED_IN_PAGES = {"web:desk", "web:search", "licensing:rule_table"}
# Each by its own rule, which tests/ledger asks: a proof is for whom the entry's noun is for.
BY_THEIR_OWN_RULE = {"ledger:proof": "firearm"}  # the entry that is walked is an event of firearms
# The sign-in of django-allauth, which guards itself.
FOREIGN = ("allauth.", "django.contrib.staticfiles")

PUBLIC_OPERATIONS = {
    "ledger.get_checkpoint", "ledger.get_monitor", "ledger.compare", "ledger.list_keys", "licensing.verify", "measures.list_enacted", "reports.list_claims", "reports.list_reports", "reports.get_report",
}
SIGNED_IN_OPERATIONS = {"accounts.get_me", "ledger.get_entry", "licensing.get_rule_table"}
# Operations whose id is not the name of the action that they ask for.
ACTION_OF = {
    "accounts.make_user": "accounts.manage_users", "accounts.close_user": "accounts.manage_users", "parties.add_member": "accounts.manage_users",
    "accounts.revoke_token": "accounts.make_token", "accounts.list_tokens": "accounts.make_token",
    "parties.change": "parties.register", "parties.link": "parties.register", "parties.end_link": "parties.register",
    "parties.add_address": "parties.register", "parties.end_address": "parties.register",
    "parties.put_into_directory": "parties.register",
    "measures.revise": "measures.draft", "licensing.revise_draft": "licensing.draft",
    "certificates.end_trust": "certificates.trust_issuer", "certificates.take_file": "certificates.take_file",
    "deliveries.list_differences": "deliveries.read_differences", "licensing.get_notice_letter": "licensing.notify",
    "licensing.release_purchase": "licensing.buy", "licensing.end_denial": "licensing.record_denial", "licensing.explain_to_denier": "licensing.consult_denier", "licensing.draft_replacement": "licensing.draft",
    "licensing.rescreen_licensed_parties": "screening.screen", "custody.record_found": "custody.move", "custody.record_destroyed": "custody.move",
    "tracing.record_recoveries": "tracing.record_recovery", "tracing.trace": "tracing.search", "tracing.propose": "tracing.confirm",
    "tracing.agree": "tracing.confirm", "tracing.authorise_operation": "tracing.run_operation", "tracing.watch": "tracing.run_operation",
    "tracing.watch_file": "tracing.run_operation", "tracing.get_next_errors": "tracing.learn_errors",
}
NOUN_OF = {
    "parties.list_links": "party", "parties.list_addresses": "party",
    "licensing.list_cases": "application", "licensing.get_case": "application", "licensing.get_versions": "application",
    "certificates.get_file": "certificate", "certificates.get_recall_file": "certificate", "certificates.list_keys": "certificate",
    "licensing.get_match": "application", "licensing.get_advisory_letter": "advisory", "deliveries.list_import_serials": "import",
    "documents.download": "document", "screening.list_lists": "screening", "screening.get_list": "screening", "screening.list_hits": "screening",
    "screening.list_changes": "screening", "licensing.get_risk_summary": "screening", "deliveries.list_duties": "duty",
    "screening.get_party": "screening", "licensing.get_touched": "measure", "custody.get_history": "firearm", "custody.list_events": "firearm",
    "custody.get_event": "firearm", "custody.get_unit": "firearm", "tracing.get_history": "recovery", "tracing.get_figures": "recovery",
    "tracing.list_seizures": "recovery", "tracing.list_error_versions": "recovery", "tracing.get_calibration": "recovery", "parties.list_parties": "party", "deliveries.get_manifest": "consignment",
    "ledger.get_proof": "firearm", "licensing.list_rules": "licence", "licensing.list_purchases": "licence", "licensing.get_paper": "licence", "licensing.list_first_uses": "licence", "licensing.list_undertakings": "licence", "licensing.list_denials": "screening", "licensing.get_denial": "screening", "licensing.list_consultations": "screening", "licensing.get_denier_letter": "screening", "deliveries.list_returns": "licence", "licensing.get_letter": "application", "reports.list_drafts": "report", "monitoring.get_sample": "check", "monitoring.list_rates": "check",
    "ledger.list_forgettings": "order", "ledger.list_key_proposals": "order",
}
FIGURES = {"monitoring.list_rates", "tracing.get_figures", "tracing.list_seizures", "tracing.list_error_versions", "tracing.get_calibration", "tracing:calibration", "tracing:figures", "tracing:seizures"}
PLURALS = {"parties": "party", "advisories": "advisory", "recoveries": "recovery"}


@dataclass(frozen=True)
class Asked:
    """What an address asks of its visitor: an action's role, a noun's scope, only to have signed in, or nothing."""

    action: str = ""
    noun: str = ""
    figures: bool = False
    public: bool = False
    signed_in: bool = False

    def lets_in(self, role: str) -> bool:
        if self.public and not self.noun:
            return True
        if role == ANYBODY:
            return self.public and self.noun in {"measure", "report"}
        if self.action:
            return Role(role) in ACTIONS[self.action]
        if self.noun:
            scope = NOUNS[self.noun][Role(role)]
            return scope is not Scope.NONE and (self.figures or scope is not Scope.FIGURES)
        return self.signed_in


def pages() -> Iterator[tuple[str, str, Asked | None]]:
    """(name, route, what it asks; None: nothing says) of every page."""
    for name, route, view in _patterns(get_resolver().url_patterns, "", ""):
        if view.__module__.startswith(FOREIGN) or name.startswith("api:"):
            continue
        yield name, route, _asked_by(name, view)


def _patterns(patterns: list[Any], before: str, space: str) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for each in patterns:
        route = before + str(each.pattern)
        if hasattr(each, "url_patterns"):
            yield from _patterns(each.url_patterns, route, space + (f"{each.namespace}:" if each.namespace else ""))
        else:
            yield space + (each.name or route), route, each.callback


def _asked_by(name: str, view: Callable[..., Any]) -> Asked | None:
    if name in PUBLIC_PAGES:
        return Asked(public=True)
    if name in SIGNED_IN_PAGES:
        return Asked(signed_in=True)
    if name in BY_THEIR_OWN_RULE:
        return Asked(noun=BY_THEIR_OWN_RULE[name])
    if action := getattr(view, "permission", ""):
        return Asked(action=action)
    if noun := getattr(view, "noun", ""):
        return Asked(noun=noun, figures=view.figures, public=view.public)  # type: ignore[attr-defined]
    return None


@dataclass(frozen=True)
class Operation:
    """One operation of the API as its description tells it."""

    name: str
    method: str
    path: str
    said: dict[str, Any]
    schemas: dict[str, Any]

    def asks(self) -> Asked | None:
        if self.name in PUBLIC_OPERATIONS:
            return Asked(public=True)
        if self.name in SIGNED_IN_OPERATIONS:
            return Asked(signed_in=True)
        of_a_file = self.name.removesuffix("_file")
        if action := ACTION_OF.get(self.name) or (of_a_file if of_a_file in ACTIONS else ""):
            return Asked(action=action)
        verb, _underscore, what = self.name.split(".")[1].partition("_")
        noun = NOUN_OF.get(self.name) or (PLURALS.get(what, what.removesuffix("s")) if verb in {"list", "get"} else "")
        return Asked(noun=noun, figures=self.name in FIGURES) if noun in NOUNS else None

    def query(self) -> dict[str, Any]:
        return {each["name"]: self._example(each["schema"]) for each in self.said.get("parameters", []) if each["in"] == "query" and each["required"]}

    def body(self) -> tuple[str, dict[str, Any]]:
        """(media type, the least that its schema takes)."""
        for media, content in self.said.get("requestBody", {}).get("content", {}).items():
            return media, self._object(self._resolved(content["schema"]))
        return "", {}

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        for key in ("anyOf", "allOf", "oneOf"):
            if key in schema:
                schema = {**schema, **self._resolved(schema[key][0])}
        return {**self.schemas[schema["$ref"].rsplit("/", 1)[1]], **schema} if "$ref" in schema else schema

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {name: self._example(schema["properties"][name]) for name in schema.get("required", [])}

    def _example(self, schema: dict[str, Any]) -> Any:
        schema = self._resolved(schema)
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("type") == "object":
            return self._object(schema)
        if schema.get("type") == "array":
            return [self._example(schema["items"])]
        if schema.get("format") in {"date", "date-time"}:
            return "2009-05-14" if schema["format"] == "date" else "2009-05-14T12:00:00Z"
        if schema.get("format") == "binary" or "contentMediaType" in schema:
            return FILE
        return {"integer": 1, "number": 0.5, "boolean": True}.get(schema.get("type", ""), "x")


FILE = object()  # stands for a small file to upload


@cache
def _described() -> dict[str, Any]:
    from enduse.api.root import api

    return api.get_openapi_schema(path_prefix="/api/")


def operations() -> Iterator[Operation]:
    described = _described()
    schemas = described.get("components", {}).get("schemas", {})
    for path, methods in described["paths"].items():
        for method, said in methods.items():
            yield Operation(said["operationId"], method, path, said, schemas)
