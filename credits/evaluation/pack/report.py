"""What is wrong with a pack, with file, line and key."""

from __future__ import annotations

from dataclasses import dataclass

from credits.evaluation.pack.positions import KeyLines, Path


@dataclass(frozen=True, slots=True)
class PackProblem:
    """One error: `key` is the dotted key with positions counted from 1, such as `category[2].step[1].table`."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class PackError(Exception):
    """The pack cannot be used; `problems` holds everything found, in the order of the file."""

    def __init__(self, problems: list[PackProblem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class Report:
    """Collects problems while a pack is read, so that an author sees all of them at once."""

    def __init__(self, file: str, lines: KeyLines) -> None:
        self._file = file
        self._lines = lines
        self._problems: list[PackProblem] = []

    def add(self, path: Path, message: str) -> None:
        """Note a problem at a key; a missing key is placed at the table it belongs to."""
        self._problems.append(PackProblem(self._file, self._lines.line(path), dotted(path), message))

    def close(self) -> None:
        """Raise PackError when anything was noted."""
        if self._problems:
            raise PackError(sorted(self._problems, key=lambda problem: problem.line))


def dotted(path: Path) -> str:
    """A path as people write it: `("category", 0, "name")` is `category[1].name`."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
