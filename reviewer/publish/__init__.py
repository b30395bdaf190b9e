"""From findings to what stands on the pull request: placement, fingerprint, markdown, plan."""
