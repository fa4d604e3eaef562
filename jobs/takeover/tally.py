"""Counts the rows of an imported table by result."""

from collections import defaultdict
from dataclasses import dataclass, field

MOST_EXAMPLES = 20


@dataclass
class Tally:
    """The rows of one table by result; `refused` counts by reason, `examples` holds the first of each."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    joined: int = 0
    refused: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    examples: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @property
    def read(self) -> int:
        return self.created + self.changed + self.unchanged + self.joined + sum(self.refused.values())

    def refuse(self, reason: str, example: str) -> None:
        self.refused[reason] += 1
        if len(self.examples[reason]) < MOST_EXAMPLES:
            self.examples[reason].append(example)

    def count(self, *, created: bool, changed: bool) -> None:
        if created:
            self.created += 1
        elif changed:
            self.changed += 1
        else:
            self.unchanged += 1
