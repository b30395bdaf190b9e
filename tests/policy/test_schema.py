"""The schema accepts and refuses what the parser does."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from reviewer.detect.catalogue import CATALOGUE
from reviewer.detect.registry import HINTS
from reviewer.policy.keys import all_keys, part_of
from reviewer.policy.schema import policy_schema
from reviewer.policy.tree import read_tree
from tests.policy.samples import BAD, GOOD, ONLY_THE_PARSER

SCHEMA = policy_schema()
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)


def as_json(text: str) -> object:
    """What an editor makes of the YAML; texts that are no YAML are not for the schema."""
    return json.loads(json.dumps(read_tree(text).value))


def test_it_is_a_schema_of_its_dialect() -> None:
    assert jsonschema_rs.meta.is_valid(SCHEMA)
    assert "null" not in json.dumps(SCHEMA)


@pytest.mark.parametrize("text", GOOD)
def test_what_the_parser_accepts_the_schema_accepts(text: str) -> None:
    VALIDATOR.validate(as_json(text))


@pytest.mark.parametrize("text", [text for text in BAD if ":" in text])
def test_what_the_parser_refuses_the_schema_refuses(text: str) -> None:
    assert not VALIDATOR.is_valid(as_json(text))


@pytest.mark.parametrize("text", [t for t in ONLY_THE_PARSER if not read_tree(t).problems])
def test_what_only_the_parser_sees_is_known(text: str) -> None:
    VALIDATOR.validate(as_json(text))


def test_every_key_is_described_and_has_an_example_or_a_default() -> None:
    for path, field in all_keys():
        assert field.description, path
        assert field.description.endswith("."), path
        assert part_of(field) or field.examples or field.default not in (None, ()), path


def test_the_examples_of_the_keys_are_right() -> None:
    for name, part in {"": SCHEMA, **SCHEMA["$defs"]}.items():
        for key, about in part.get("properties", {}).items():
            checked = jsonschema_rs.Draft202012Validator({**about, "$defs": SCHEMA["$defs"]})
            for example in about.get("examples", ()):
                assert checked.is_valid(example), (name, key)


def test_the_rules_that_can_be_turned_off_are_those_of_the_catalogue_but_on_hidden_text() -> None:
    ids = SCHEMA["$defs"]["RuleOff"]["properties"]["id"]["enum"]
    hidden = {rule.id for rule in CATALOGUE if rule.id.startswith("H")}
    assert set(ids) == {rule.id for rule in (*CATALOGUE, *HINTS)} - hidden
