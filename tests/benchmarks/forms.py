"""What one printed form costs: a conversion's, and a claim's with its calculation, attachments and opinions.

./run bench forms [--rounds 20]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

from tests.benchmarks.portal import make_database, manage, prepare, use


def main() -> None:
    """Print the demo's forms again and again."""
    parser = argparse.ArgumentParser(prog="./run bench forms", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    prepare()
    manage("make_fonts")
    use(make_database(1000, students=240, colleges=3, files=50))
    from conversion.models import Form  # noqa: PLC0415 - models need the settings
    from conversion.pdf import form_pdf  # noqa: PLC0415 - as above
    from credits.models import Claim  # noqa: PLC0415 - as above
    from credits.pdf import claim_form_pdf, said_by_form  # noqa: PLC0415 - as above

    claims = Claim.objects.filter(channel="student", submissions__isnull=False).distinct()
    measure("conversion", form_pdf, list(Form.objects.all()[:10]), asked.rounds)
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


if __name__ == "__main__":
    main()
