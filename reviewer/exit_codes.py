"""Exit codes that have a meaning beyond failure."""

from __future__ import annotations

MISCONFIGURED = 78
"""Exit code of sysexits.h for a configuration error."""
UNAVAILABLE = 69
"""Exit code of sysexits.h for a service that is away: starting again later may do."""
