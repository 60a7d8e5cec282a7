"""What a measure would do: one world, several policies, the same futures under each."""

from enduse.engines.flows.measures import (
    DO_NOTHING,
    PARAMETERS,
    Authority,
    Kind,
    Measure,
    MeasureError,
    Policy,
    Scope,
)
from enduse.engines.flows.outcome import Outcome
from enduse.engines.flows.responses import Response, Responses
from enduse.engines.flows.simulate import simulate
from enduse.engines.flows.world import CHANNELS, Holding, Pipeline, World, WorldError

__all__ = [
    "CHANNELS", "DO_NOTHING", "PARAMETERS", "Authority", "Holding", "Kind", "Measure", "MeasureError", "Outcome", "Pipeline",
    "Policy", "Response", "Responses", "Scope", "World", "WorldError", "simulate",
]
