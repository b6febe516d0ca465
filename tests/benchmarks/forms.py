"""What a printed form costs: a conversion's alone and in a batch, a claim's with its calculation and attachments.

./run bench forms [--rounds 20] [--batch 500]
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks.portal import make_database, manage, prepare, use


def main() -> None:
    """Print the demo's forms again and again."""
    parser = argparse.ArgumentParser(prog="./run bench forms", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--batch", type=int, default=500)
    asked = parser.parse_args()
    prepare()
    manage("make_fonts")
    use(make_database(1000, students=240, colleges=3, files=50))
    from conversion.models import Form  # noqa: PLC0415 - models need the settings
    from conversion.pdf import form_pdf  # noqa: PLC0415 - as above
    from conversion.printing import batch_pdf  # noqa: PLC0415 - as above
    from credits.models import Claim  # noqa: PLC0415 - as above
    from credits.pdf import claim_form_pdf, said_by_form  # noqa: PLC0415 - as above

    claims = Claim.objects.filter(channel="student", submissions__isnull=False).distinct()
    forms = list(Form.objects.all()[: asked.batch])
    measure("conversion", form_pdf, forms[:10], asked.rounds)
    measure_batch(lambda rows: batch_pdf(rows, title="申请表清单", origin="bench"), forms, asked.batch)
    measure("claim", lambda claim: claim_form_pdf(said_by_form(claim)), list(claims[:10]), asked.rounds)


def measure(name: str, printed: Callable[[Any], bytes], rows: list[Any], rounds: int) -> None:
    """Print rows again and again, and tell the processor time and the size of one."""
    printed(rows[0])
    samples, sizes = [], []
    for number in range(rounds):
        began = time.process_time()
        sizes.append(len(printed(rows[number % len(rows)])))
        samples.append((time.process_time() - began) * 1000)
    print(f"one {name} form: {statistics.median(samples):.0f} ms of processor time, {max(sizes) / 1024:.0f} KiB")


def measure_batch(printed: Callable[[list[Any]], bytes], rows: list[Any], number: int) -> None:
    """Print so many forms as one file; where the data has fewer, each comes several times, under a code of its own."""
    batch = []
    for place in range(number):
        one = copy.deepcopy(rows[place % len(rows)])
        one.number = one.snapshot["number"] = f"{one.number}-{place}"
        one.code = f"{place:06d}{one.code[6:]}"
        batch.append(one)
    began = time.process_time()
    size = len(printed(batch))
    spent = (time.process_time() - began) * 1000
    print(f"{number} forms in a batch: {spent / number:.1f} ms each with the list in front, {size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
