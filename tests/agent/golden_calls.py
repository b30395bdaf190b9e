"""What was sent, held against the files in `golden/` (test_golden.py says how to update them)."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reviewer.agent.request import Call
from reviewer.edges.model_wire import as_sent
from tests.agent.samples import NONCE

GOLDEN = Path(__file__).parent / "golden"


def held(name: str, calls: Sequence[Call], *, form: str) -> None:
    """Fails where the calls are not those of the file; `form` names their output format."""
    sent = [_sent(call, form) for call in calls]
    path = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(json.dumps(sent, indent=2, ensure_ascii=False) + "\n", "utf-8")
    kept = json.loads(path.read_text("utf-8"))
    assert sent == kept, f"{path.name} differs; test_golden.py says how to update it"


def _sent(call: Call, form: str) -> dict[str, Any]:
    body = as_sent(call.request)
    body["system"] = [_without_prose(block) for block in body["system"]]
    body["tools"] = [tool["name"] for tool in body["tools"]]
    body["output_config"] = {**body["output_config"], "format": form}
    opening = body["messages"][0]["content"]
    body["messages"][0]["content"] = [*opening[:-1], _without_prose(opening[-1])]
    return {"stage": call.stage, "unit": call.unit, "number": call.number, "body": body}


def _without_prose(block: dict[str, Any]) -> dict[str, Any]:
    """A block with nothing of its text but what stands in fences."""
    fences = re.findall(
        rf'<untrusted .* nonce="{NONCE}">\n(?s:.*?)\n</untrusted(?= nonce="{NONCE}")', block["text"]
    )
    return {**block, "text": ["prose", *(line for fence in fences for line in fence.split("\n"))]}
