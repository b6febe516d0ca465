"""Finds a piece of Chinese text anywhere in a column, two characters included, without reading the whole table.

PostgreSQL's trigrams need three characters; most Chinese words have two. So a column that is searched has a GIN index
of its pairs of neighbouring characters, made by a migration (``index_pairs``); SQLite reads the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField
from django.db.models.lookups import Contains, IContains

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PAIR = 2
# Letters are capitals in the pairs: who types "acm" finds ACM.
FUNCTION = """
CREATE OR REPLACE FUNCTION bigrams(t text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  letters text[] := string_to_array(upper(t), NULL);
  pairs text[] := '{}';
BEGIN
  FOR i IN 1 .. coalesce(array_length(letters, 1), 0) - 1 LOOP
    pairs[i] := letters[i] || letters[i + 1];
  END LOOP;
  RETURN pairs;
END $$
"""


@CharField.register_lookup
class Says(IContains):
    """``content__says="数学"``: the text stands somewhere in the column, in small or capital letters."""

    lookup_name = "says"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Read every row; ideographs have no small letters, and reading them as they are is three times quicker."""
        plain = Contains if is_caseless(str(self.rhs)) else IContains
        found: tuple[str, Any] = plain(self.lhs, self.rhs).as_sql(compiler, connection)
        return found

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Ask for the pairs; beyond one pair the text itself too, because its pairs may stand apart."""
        text = str(self.rhs)
        column, params = self.process_lhs(compiler, connection)
        whole, whole_params = self.as_sql(compiler, connection)
        if len(text) < PAIR:
            return whole, whole_params
        pairs = f"bigrams({column}) @> bigrams(%s)"
        if len(text) == PAIR:
            return pairs, [*params, text]
        return f"({pairs} AND {whole})", [*params, text, *whole_params]


@CharField.register_lookup
class Reads(Says):
    """``content__reads="数学"``: the same for where few rows are left: they are read, unless the pairs are fewer."""

    lookup_name = "reads"

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Ask for both; the text, which costs less, comes first."""
        pairs, params = super().as_postgresql(compiler, connection)
        whole, whole_params = self.as_sql(compiler, connection)
        return f"({whole} AND {pairs})", [*whole_params, *params]


def is_caseless(text: str) -> bool:
    """Whether a text has no small and capital letters."""
    return text.upper() == text.lower()


def index_pairs(editor: BaseDatabaseSchemaEditor, table: str, column: str) -> None:
    """Let PostgreSQL index the pairs of a column; to be called by a migration."""
    if editor.connection.vendor == "postgresql":
        editor.execute(FUNCTION)
        editor.execute(f'CREATE INDEX "{table}_{column}_pairs" ON "{table}" USING gin (bigrams("{column}"))')


def forget_pairs(editor: BaseDatabaseSchemaEditor, table: str, column: str) -> None:
    """Take the index away again; the function stays for the others."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f'DROP INDEX "{table}_{column}_pairs"')
