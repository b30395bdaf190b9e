"""The pull request as values: snapshot, diff, texts at head and base."""
