"""Where the prompts lie: beside the package in a checkout, inside it when installed."""

from __future__ import annotations

from pathlib import Path

from reviewer.errors import Misconfigured

_PACKAGE = Path(__file__).resolve().parent.parent


def prompts_dir() -> Path:
    """The directory of the prompts. Raises Misconfigured when the installation lacks it."""
    for candidate in (_PACKAGE / "_prompts", _PACKAGE.parent / "prompts"):
        if (candidate / "contract.md").is_file():
            return candidate
    raise Misconfigured("the prompts are missing from this installation: install it again")


def read_prompt(name: str) -> str:
    """The text of a prompt, such as `tasks/find.md`. Raises Misconfigured when it is missing."""
    path = prompts_dir() / name
    try:
        return path.read_text("utf-8").strip() + "\n"
    except OSError as error:
        raise Misconfigured(f"the prompt {name} cannot be read: {error.strerror}") from error
