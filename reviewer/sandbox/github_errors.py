"""GitHub's refusals, in the three shapes that its answers have."""

from __future__ import annotations

from typing import Any

DOCS = "https://docs.github.com/rest"


class ApiError(Exception):
    """Answer with this status and body instead of going on."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: list[Any] | None = None,
        headers: dict[str, str] | None = None,
        url: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body: dict[str, Any] = {"message": message}
        if url:
            self.body["url"] = url
        if errors is not None:
            self.body["errors"] = errors
        self.body["documentation_url"] = DOCS
        self.body["status"] = str(status)


def not_found() -> ApiError:
    """404: it is not there, or you may not know that it is."""
    return ApiError(404, "Not Found")


def bad_credentials() -> ApiError:
    """401 for a token that is unknown or has expired."""
    return ApiError(401, "Bad credentials")


def not_accessible() -> ApiError:
    """403 for a token without the permission that the endpoint needs."""
    return ApiError(403, "Resource not accessible by integration")


def suspended() -> ApiError:
    """403 for an installation that its owner has suspended."""
    return ApiError(403, "This installation has been suspended")


def unprocessable(*errors: str) -> ApiError:
    """422 of the endpoints that name what is wrong in plain sentences."""
    return ApiError(422, "Unprocessable Entity", errors=list(errors))


def validation_failed(resource: str, field: str, code: str, message: str = "") -> ApiError:
    """422 of the endpoints that name the field; `code` is GitHub's word, such as `invalid`."""
    error = {"resource": resource, "code": code, "field": field}
    if message:
        error["message"] = message
    return ApiError(422, "Validation Failed", errors=[error])
