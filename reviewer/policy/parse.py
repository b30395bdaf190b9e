"""The text of a configuration as a Policy, or all that is wrong with it."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reviewer.policy.policy import Policy
from reviewer.policy.problem import Problem
from reviewer.policy.tree import MAX_PROBLEMS, Loc, Mark, Tree, read_tree
from reviewer.policy.wording import sentence


def parse_policy(file: bytes | str) -> Policy | tuple[Problem, ...]:
    """Read a file that anybody may have written. Never raises; tells several problems at once."""
    tree = read_tree(file)
    problems = list(tree.problems)
    policy: Policy | None = None
    try:
        policy = Policy.model_validate(tree.value)
    except ValidationError as error:
        problems += _invalid(error, tree, MAX_PROBLEMS - len(problems))
    if policy is not None:
        for loc, message in policy.profile.contradictions():
            problems.append(Problem(*_mark(tree, ("profile", *loc)), message))
    if problems or policy is None:
        return tuple(sorted(set(problems)))
    return policy


def _invalid(error: ValidationError, tree: Tree, most: int) -> list[Problem]:
    found: list[Problem] = []
    for details in error.errors(include_url=False):
        if len(found) >= most:
            break
        loc = details["loc"]
        if not _told(tree, loc):
            found.append(Problem(*_place(tree, details), sentence(details)))
    return found


def _told(tree: Tree, loc: Loc) -> bool:
    """Whether a problem of the YAML speaks of this place, or of one that it lies in."""
    return any(loc[:length] in tree.broken for length in range(len(loc) + 1))


def _place(tree: Tree, details: ErrorDetails) -> Mark:
    loc = details["loc"]
    if details["type"] == "extra_forbidden":
        return tree.keys[loc]
    if details["type"] == "missing":
        return _mark(tree, loc[:-1])
    return _mark(tree, loc)


def _mark(tree: Tree, loc: Loc) -> Mark:
    """Where a value stands; where what it lies in stands, if it is not in the document itself."""
    while loc not in tree.marks and loc:
        loc = loc[:-1]
    return tree.marks.get(loc, (1, 1))
