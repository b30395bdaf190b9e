"""S1: what people read about secrets in a change."""

from __future__ import annotations

from reviewer.detect.rule import Explained
from reviewer.finding import Category, Severity

SECRET_RULE = Explained(
    id="S1",
    title="A key, token or password is committed",
    category=Category.SECURITY,
    severity=Severity.CRITICAL,
    lowered=True,
    why=(
        "Whoever reads the repository, a fork of it or an old clone can use what is committed: "
        "trade on the account, withdraw from it, or change what is deployed. Taking it out again "
        "is not enough, since the history keeps it: it has to be revoked. Found by the detectors "
        "of detect-secrets for keys of known shape, in any file; nothing is asked of the provider "
        "and the secret is never repeated. Web tokens and passwords in addresses are important, "
        "and all of it is one step less severe in tests, examples and documentation. A comment "
        "`pragma: allowlist secret` on the line says that it is none."
    ),
    example="""\
const AWS_KEY: &str = "AKIA...(16 more letters and digits)";
""",
    counter_example="""\
fn aws_key() -> Result<String, VarError> {
    std::env::var("AWS_ACCESS_KEY_ID")
}
""",
)
