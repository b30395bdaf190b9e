"""The syntax tree of a Rust file: items, test code, macro bodies."""
