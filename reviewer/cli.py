"""The `reviewer` command."""

from __future__ import annotations

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="trading-reviewer")
def main() -> None:
    """Review pull requests on trading systems written in Rust."""
