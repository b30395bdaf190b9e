"""A16: a price or quantity that does not parse becomes zero."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviewer.detect.fallback import FALLBACKS, gives_zero, parses, source_names, target_name
from reviewer.detect.money import money_name
from reviewer.detect.rule import Hit, Rule, hit, in_rooms
from reviewer.finding import Category, Severity
from reviewer.rust.chain import chain_of, name_of
from reviewer.rust.file import RustFile

_SETTINGS = re.compile(r"\benv\b|\bargs?\b|option_env|\bquery\b|\bheaders?\b")


def _find(file: RustFile) -> Iterator[Hit]:
    for fallback in FALLBACKS:
        for call in file.method_calls.get(fallback, ()):
            if not gives_zero(file, call):
                continue
            chain = chain_of(file, call)
            if not parses(file, chain) or _SETTINGS.search(file.code(chain.root)):
                continue
            name = money_name([*source_names(file, chain), target_name(file, call)])
            if name:
                yield hit(
                    file,
                    name_of(chain.links[-1]),
                    f"`{name}` becomes 0 when it does not parse",
                    f"The venue sends `{name}` in a form this parse rejects (empty, an exponent, "
                    f"a new precision): no error is raised, `{name}` is 0, and whatever is "
                    "priced, sized or checked with it next goes out at the wrong value.",
                    start=name_of(chain.links[-2]) if len(chain.links) > 1 else chain.root,
                )


RULE = Rule(
    id="A16",
    title="A value that does not parse becomes 0",
    category=Category.MONEY_ARITHMETIC,
    severity=Severity.IMPORTANT,
    raised=in_rooms(Severity.CRITICAL),
    why=(
        "Zero is a price, a quantity and a balance. When a field cannot be read, zero does not "
        "say so: an ask of 0 crosses the book, a size of 0 deletes a level, a fee of 0 makes a "
        "losing trade look good, a position of 0 passes every limit."
    ),
    needs=FALLBACKS,
    example="""\
fn on_quote(msg: &Quote) -> Level {
    Level { price: msg.price.parse().unwrap_or(0.0), size: msg.size.parse().unwrap_or_default() }
}
""",
    counter_example="""\
fn on_quote(msg: &Quote) -> Result<Level, ParseFloatError> {
    Ok(Level { price: msg.price.parse()?, size: msg.size.parse()? })
}
""",
    find=_find,
)
