"""A GitHub App that reviews pull requests on trading systems written in Rust."""

__version__ = "0.1.0"
