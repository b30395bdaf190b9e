"""What a task would ask and cost, without asking anybody."""

from __future__ import annotations

from reviewer.agent.forecast import Forecast, planned
from reviewer.agent.material import Material
from reviewer.agent.reading import Reading
from reviewer.agent.task import Subject, Task
from reviewer.agent.tasks import opening_of


def forecast_task(
    task: Task, subject: Subject, material: Material, reading: Reading, *, target: str = ""
) -> Forecast:
    """The first call; how many follow it depends on what is looked up. Raises NotAsked."""
    request = opening_of(task, subject, material, reading, target)
    return Forecast((planned(task.name, subject.name, request, reading, set()),), ())
