"""Evidence without a model: one rule a file."""
