"""What one printed application form costs.

./run bench forms [--rounds 20]
"""

from __future__ import annotations

import argparse
import statistics
import time

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

    forms = list(Form.objects.all()[:10])
    form_pdf(forms[0])
    samples, sizes = [], []
    for number in range(asked.rounds):
        began = time.process_time()
        sizes.append(len(form_pdf(forms[number % len(forms)])))
        samples.append((time.process_time() - began) * 1000)
    print(f"one form as PDF: {statistics.median(samples):.0f} ms of processor time, {max(sizes) / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
