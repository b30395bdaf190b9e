"""All that the stand-in for GitHub knows, and where to find it."""

from __future__ import annotations

import threading
from itertools import count
from pathlib import Path

from reviewer.sandbox.github_state import App, Installation, Repository, Token, User


class World:
    """Everything there is. Handlers that change it hold `lock`; readers copy before they walk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.base_url = ""
        self.lock = threading.RLock()
        self.users: dict[str, User] = {}
        self.apps: dict[int, App] = {}
        self.installations: dict[int, Installation] = {}
        self.tokens: dict[str, Token] = {}
        self.tickets: dict[str, tuple[Repository, str]] = {}
        self.resolving_needs = "pull_requests:write"
        self._repos: dict[str, Repository] = {}
        self._moved: dict[str, Repository] = {}
        self._ids = count(1001)

    @property
    def api_url(self) -> str:
        """Where the REST API stands, as Enterprise Server has it."""
        return f"{self.base_url}/api/v3"

    def next_id(self) -> int:
        """An id that nothing else has."""
        return next(self._ids)

    def user(self, login: str, kind: str = "User") -> User:
        """The account of this login, made on first mention."""
        with self.lock:
            found = self.users.get(login.lower())
            if found is None:
                found = self.users[login.lower()] = User(self.next_id(), login, kind)
            return found

    def repo(self, owner: str, name: str) -> Repository | None:
        """The repository of this name, whatever the case of its letters."""
        return self._repos.get(f"{owner}/{name}".lower())

    def repos(self) -> list[Repository]:
        """All repositories, oldest first."""
        return list(self._repos.values())

    def add_repo(self, repo: Repository) -> None:
        """Let a repository be found."""
        with self.lock:
            self._repos[repo.full_name.lower()] = repo
            self._moved.pop(repo.full_name.lower(), None)

    def move_repo(self, repo: Repository, owner: User, name: str) -> None:
        """Give a repository another owner or name; the old name leads to it from now on."""
        with self.lock:
            before = repo.full_name.lower()
            if f"{owner.login}/{name}".lower() in self._repos:
                raise ValueError(f"{owner.login}/{name} is there already")
            del self._repos[before]
            repo.owner, repo.name = owner, name
            self.add_repo(repo)
            self._moved[before] = repo

    def delete_repo(self, repo: Repository) -> None:
        """Let a repository be found no more."""
        with self.lock:
            del self._repos[repo.full_name.lower()]
            self._moved = {n: r for n, r in self._moved.items() if r is not repo}

    def moved_repo(self, owner: str, name: str) -> Repository | None:
        """The repository that once had this name."""
        return self._moved.get(f"{owner}/{name}".lower())

    def repo_by_id(self, number: int) -> Repository | None:
        """The repository of this id, which stays when its name does not."""
        return next((repo for repo in self.repos() if repo.id == number), None)

    def installation_of(self, app: App, repo: Repository) -> Installation | None:
        """The App's installation that covers the repository, or None."""
        for installation in list(self.installations.values()):
            if installation.app is app and installation.covers(repo):
                return installation
        return None
