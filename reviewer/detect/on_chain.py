"""Programs that a chain runs: where they panic, the transaction is undone and nothing stands."""

from __future__ import annotations

import re

from reviewer.rust.file import RustFile

_RUNTIME = re.compile(r"\b(?:anchor_lang|solana_program|pinocchio|near_sdk|cosmwasm_std)\b")
_ACCOUNTS = re.compile(
    r"\b(?:AccountInfo|AccountLoader|AccountView|ProgramResult|ProgramError|DepsMut)\b|\bmsg!"
)


def is_on_chain(file: RustFile) -> bool:
    """Whether a file is part of such a program; a client that only names the runtime is not."""
    return bool(_RUNTIME.search(file.text) and _ACCOUNTS.search(file.text))
