"""What can be found wrong before the program starts, told in one sentence."""

from __future__ import annotations

import logging
import socket

import sqlalchemy as sa

from reviewer.agent.agent_file import MODEL_ALIASES, warnings_about
from reviewer.config import Config
from reviewer.edges.database import make_engine, prepare_directory
from reviewer.edges.github_app import GitHubApp
from reviewer.edges.jobs import prepare_tables
from reviewer.edges.ledger_schema import migrate
from reviewer.edges.model_client import check_access
from reviewer.edges.readers import access_of, chosen_agent, fallback_model
from reviewer.edges.sealing import SealedJson, storage_keys
from reviewer.edges.tables import canary
from reviewer.errors import Misconfigured, Transient

WORD = "canary"

log = logging.getLogger(__name__)


def preflight(config: Config, *, listens: bool) -> None:
    """Raises Misconfigured for what the operator has to change, Transient for a store that is
    away."""
    try:
        prepare_directory(config.data_dir)
    except OSError as error:
        raise Misconfigured(f"REVIEWER_DATA_DIR cannot be made: {error}") from error
    GitHubApp(config)
    _check_model(config)
    if listens:
        _can_listen(config)
    engine = make_engine(config, pool_size=1)
    try:
        migrate(engine)
        prepare_tables(config)
        _can_open(engine, SealedJson(storage_keys(config)))
    except sa.exc.OperationalError as error:
        raise Transient(f"the store cannot be reached: {type(error.orig).__name__}") from error
    finally:
        engine.dispose()


def _check_model(config: Config) -> None:
    _, model = chosen_agent(config)
    fallback = fallback_model(config)
    if not config.has_model:
        return
    check_access(access_of(config))
    for one in filter(None, (model, fallback)):
        for warning in warnings_about(one):
            log.warning("%s", warning)
    if fallback == model:
        log.warning("REVIEWER_FALLBACK_MODEL is the model itself, so that it is of no use")
    if config.model in MODEL_ALIASES:
        log.warning("REVIEWER_MODEL=%s means %s in this version", config.model, model)


def _can_listen(config: Config) -> None:
    try:
        with socket.create_server((config.host, config.port), reuse_port=False):
            return
    except (OSError, OverflowError) as error:
        raise Misconfigured(
            f"REVIEWER_HOST and REVIEWER_PORT: cannot listen on {config.host}:{config.port} "
            f"({error})"
        ) from error


def _can_open(engine: sa.Engine, seal: SealedJson) -> None:
    """Open what an earlier start sealed, or seal it now. Raises Misconfigured with another key."""
    with engine.begin() as connection:
        sealed = connection.scalar(sa.select(canary.c.sealed))
        if sealed is None:
            connection.execute(canary.insert().values(id=1, sealed=seal.serialize(WORD)))
        else:
            seal.deserialize(sealed)
