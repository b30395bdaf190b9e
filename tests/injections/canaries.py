"""Secrets that stand where an attacker would look for them, and must turn up nowhere."""

from __future__ import annotations

ENVIRONMENT = "canary-environment-5f1d0c"
DOTENV = "canary-dotenv-91b7aa"
GIT_CONFIG = "canary-gitconfig-3c2e84"
ELSEWHERE = "canary-elsewhere-77d0e1"
PLAIN = (ENVIRONMENT, DOTENV, GIT_CONFIG, ELSEWHERE)
IN_RUST = "AKI" + "AQ3EGRVT5YZ7NCANA"
"""In a source file that a tool may read, in the shape of a cloud's key."""
ALL = (*PLAIN, IN_RUST)
