"""F10: what a search costs inside a college's queue, against the queue, and over the whole school.

./run bench search [--claims 1000000] [--students 40000] [--colleges 30] [--rounds 20]

The demo's claims name few things, so some are renamed: to a word that one in a hundred says, and to one that forty say.
"""

from __future__ import annotations

import argparse
import statistics
from collections import Counter
from urllib.parse import urlencode

from tests.benchmarks.portal import Visitor, cost, make_database, prepare, settle, use

WORD, RARE, NOBODY = "鲲鹏", "扶摇", "龘靐"
RENAME = "UPDATE credits_claim SET content = left(content, 8) || %(word)s WHERE id %% %(every)s = 7"
WARM_UP = 2


def main() -> None:
    """Make the data, measure, print."""
    parser = argparse.ArgumentParser(prog="./run bench search", description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, default=1_000_000)
    parser.add_argument("--students", type=int, default=40_000)
    parser.add_argument("--colleges", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    prepare()
    use(make_database(asked.claims, students=asked.students, colleges=asked.colleges, files=50))
    terms = furnish(asked.claims)
    visitors = sign_in()
    settle()
    size = f"{asked.claims:,} claims, {asked.students:,} students, {asked.colleges} colleges"
    print(f"{size}; median of {asked.rounds} rounds")
    print("\n| list | searched for | ms web | ms database | against the list |\n|---|---|---|---|---|")
    for who, show in (("secretary", "waiting"), ("secretary", "all"), ("office", "waiting"), ("office", "all")):
        plain = sum(measured(visitors[who], {"show": show}, asked.rounds))
        for what, text in {"": "", **terms}.items():
            web, database = measured(visitors[who], {"show": show, "q": text}, asked.rounds)
            print(
                f"| {who}: {show} | {what} {text} | {web:.1f} | {database:.1f} | {(web + database) / plain:.2f} |",
                flush=True,
            )


def furnish(claims: int) -> dict[str, str]:
    """Rename some claims and return what to search for, by how many say it."""
    from django.db import connection  # noqa: PLC0415 - needs the settings

    from credits.models import Claim  # noqa: PLC0415 - models need the settings
    from portal.models import Student  # noqa: PLC0415 - as above

    with connection.cursor() as cursor:
        cursor.execute(RENAME, {"word": WORD, "every": 100})
        cursor.execute(RENAME, {"word": RARE, "every": max(claims // 40, 9)})
        cursor.execute("VACUUM (FREEZE, ANALYZE)")
        cursor.execute("SELECT pg_relation_size('credits_claim_content_pairs')")
        print(f"index of pairs: {cursor.fetchone()[0] / 2**20:.0f} MiB")
    contents = Claim.objects.order_by("pk").values_list("content", flat=True)[:2000]
    every = (text[at : at + 2] for text in contents for at in range(len(text) - 1))
    pairs = Counter(pair for pair in every if pair.isalpha() and not any(map(str.isascii, pair)))
    student = Student.objects.order_by("pk").select_related("person")[100].person
    return {
        "most": pairs.most_common(1)[0][0],
        "one in twenty": min(pairs, key=lambda pair: abs(pairs[pair] - 100)),
        "one in a hundred": WORD,
        "forty": RARE,
        "nobody": NOBODY,
        "a name": student.name[-2:],
        "initials": student.initials,
        "a number": student.number[:-1],
    }


def sign_in() -> dict[str, Visitor]:
    """Return a secretary of a college and the office."""
    from portal.enums import Role  # noqa: PLC0415 - needs the settings
    from portal.models import Appointment  # noqa: PLC0415 - models need the settings

    roles = {"secretary": Role.SECRETARY, "office": Role.OFFICE}
    return {
        name: Visitor(Appointment.objects.filter(role=role).order_by("pk")[0].person) for name, role in roles.items()
    }


def measured(visitor: Visitor, query: dict[str, str], rounds: int) -> tuple[float, float]:
    """Return the median milliseconds of web and database for one page of 25."""
    target = f"/desk/claims/?{urlencode(query)}"
    for _time in range(WARM_UP):
        visitor.get(target)
    samples = [cost(lambda: visitor.get(target), 1) for _round in range(rounds)]
    return statistics.median(web for web, _database in samples), statistics.median(
        database for _web, database in samples
    )


if __name__ == "__main__":
    main()
