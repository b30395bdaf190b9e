"""What is stored is sealed: JSON, encrypted with the configured key. No pickle."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from dbos import Serializer

from reviewer.config import Config
from reviewer.edges.database import prepare_directory
from reviewer.errors import Misconfigured

KEY_FILE = "storage.key"


class StoredError(Exception):
    """An error that a step or a job ended with, as far as it was stored: its kind and message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class SealedJson(Serializer):
    """DBOS stores everything through this: inputs, step outputs, errors."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        """The first key seals; every key opens. Raises Misconfigured for what is no key."""
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise Misconfigured(
                "REVIEWER_ENCRYPTION_KEY is not a key: make one with `reviewer key`"
            ) from error

    def name(self) -> str:
        """The name that DBOS stores beside each value."""
        return "sealed_json"

    def serialize(self, data: Any) -> str:
        """Seal a JSON value, or an exception by its kind and message."""
        if isinstance(data, BaseException):
            data = {"error": {"kind": type(data).__name__, "message": str(data)[:2000]}}
        else:
            data = {"value": data}
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def deserialize(cls, serialized_data: str) -> Any:  # noqa: N805 - DBOS names it so
        """Open what `serialize` sealed. Raises Misconfigured when no key fits."""
        try:
            data = json.loads(cls._fernet.decrypt(serialized_data.encode("ascii")))
        except InvalidToken as error:
            raise Misconfigured(
                "the store was written with another REVIEWER_ENCRYPTION_KEY: give that one too"
            ) from error
        if "error" in data:
            return StoredError(data["error"]["kind"], data["error"]["message"])
        return data["value"]


def storage_keys(config: Config) -> tuple[str, ...]:
    """The configured keys; on SQLite without any, one that is made once in the data directory."""
    if config.encryption_keys:
        return config.encryption_keys
    path = config.data_dir / KEY_FILE
    prepare_directory(config.data_dir)
    if not path.exists():
        _write_new(path, Fernet.generate_key())
    return (path.read_text("ascii").strip(),)


def _write_new(path: Path, key: bytes) -> None:
    """Write a key file whole or not at all; the first of two processes wins."""
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
