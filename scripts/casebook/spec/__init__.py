"""The shape of the library: the only definition of what a case, a block and a trade-off hold.

The JSON Schema, the field reference and the findings about shape are generated from these models.
"""

from casebook.spec.architecture import Architecture, Component, Flow, Latency, Step
from casebook.spec.base import Grounded, Limit, Name, Part, Reference
from casebook.spec.case import Assumption, Case, Decision, Estimate, Quality
from casebook.spec.records import Block, Moved, Tradeoff

TRACKS = {
    "pipelines": "Data and training pipelines",
    "feature-stores": "Feature stores",
    "deployment": "Deployment and serving",
    "end-to-end": "End-to-end products",
}

__all__ = [
    "TRACKS",
    "Architecture",
    "Assumption",
    "Block",
    "Case",
    "Component",
    "Decision",
    "Estimate",
    "Flow",
    "Grounded",
    "Latency",
    "Limit",
    "Moved",
    "Name",
    "Part",
    "Quality",
    "Reference",
    "Step",
    "Tradeoff",
]
