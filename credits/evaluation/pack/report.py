"""What is wrong with a pack, with file, line and key."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PackProblem:
    """One error: `key` is the dotted key with positions counted from 1, such as `category[2].step[1].table`."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        return (
            f"{self.file}:{self.line}: {self.key}: {self.message}"
            if self.key
            else f"{self.file}:{self.line}: {self.message}"
        )


class PackError(Exception):
    """The pack cannot be used; `problems` holds everything found, in the order of the file."""

    def __init__(self, problems: list[PackProblem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))
