"""Measurements: `make bench` takes them, docs/benchmarks.md shows them."""
