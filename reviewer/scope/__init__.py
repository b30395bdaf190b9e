"""Which trading room a change touches, and why."""
