"""The only I/O: web, jobs, model, GitHub, git, store."""
