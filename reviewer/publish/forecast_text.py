"""A forecast of model calls, as a table and as JSON."""

from __future__ import annotations

import json

from reviewer.agent.forecast import Forecast, totals
from reviewer.publish.defang import visible


def forecast_text(forecast: Forecast, unknown: str = "look-ups and the number of claims") -> str:
    """One line a call, and the sum; `unknown` is what it cannot reckon with."""
    rows = [
        f"{call.stage:<7} {visible(call.unit):<36} {call.model:<20} "
        f"{call.characters:>9,} characters {call.tokens:>8,} tokens "
        f"{call.cached_share:>5.0%} cached  ${call.usd:.3f}"
        for call in forecast.calls
    ]
    _, cached = totals(forecast.calls)
    rows.append(
        f"{len(forecast.calls)} calls, about ${forecast.usd:.2f}, {cached:.0%} of the input "
        f"cached. Nothing was asked; {unknown} are not known before."
    )
    rows += [f"not reviewed: {visible(path)}: {why}" for path, why in forecast.not_reviewed]
    return "\n".join(rows)


def forecast_json(forecast: Forecast) -> str:
    """The same for a program."""
    _, cached = totals(forecast.calls)
    said = {
        "calls": [
            {
                "stage": call.stage,
                "unit": call.unit,
                "model": call.model,
                "characters": call.characters,
                "tokens": call.tokens,
                "cached_share": round(call.cached_share, 3),
                "usd": round(call.usd, 4),
            }
            for call in forecast.calls
        ],
        "usd": round(forecast.usd, 4),
        "cached_share": round(cached, 3),
        "not_reviewed": [{"path": path, "reason": why} for path, why in forecast.not_reviewed],
    }
    return json.dumps(said, indent=2)
