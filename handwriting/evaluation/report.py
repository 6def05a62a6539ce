"""The interface of all reports, and their JSON form."""

from __future__ import annotations

import json
from typing import Any, Protocol


class Report(Protocol):
    """The result of a measurement."""

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON-serialisable values; rates are fractions."""

    def render(self) -> str:
        """Return the figures as text for people; rates are percentages."""


def to_json(report: Report) -> str:
    """Return the figures of ``report`` as one JSON object on one line."""
    return json.dumps(report.figures(), ensure_ascii=False)
