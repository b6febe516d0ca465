"""X8: one new file searched among a million fingerprints, and one new claim among as many numbers.

./run bench radar [--prints 1000000] [--times 100]

Most prints are random; one in a hundred shares its coarse bits with a template, as the certificates of one
competition do: what the index finds for those is judged by the fine bits, one by one.
"""

from __future__ import annotations

import argparse
import io
import time
from random import Random

from tests.benchmarks.portal import manage, prepare, settle

PRINTS = """
INSERT INTO portal_storedfile (key, sha256, size, media_type, name, path, uploaded_at)
SELECT gen_random_uuid(), encode(sha256(n::text::bytea), 'hex'), 1, 'image/jpeg', 'x.jpg', 'x/' || n, now()
FROM generate_series(1, {count}) n;
INSERT INTO credits_filescan (file_id, outcome, scanned_at) SELECT id, 'hashed', now() FROM portal_storedfile;
INSERT INTO credits_fingerprint (scan_id, page, band_1, band_2, band_3, band_4, detail)
SELECT id, 1,
       CASE WHEN id % 100 = 0 THEN 1111 ELSE (random() * 65535)::int END,
       CASE WHEN id % 100 = 0 THEN 2222 ELSE (random() * 65535)::int END,
       CASE WHEN id % 100 = 0 THEN 3333 ELSE (random() * 65535)::int END,
       CASE WHEN id % 100 = 0 THEN 4444 ELSE (random() * 65535)::int END,
       sha512(id::text::bytea) || sha512((-id)::text::bytea)
FROM credits_filescan;
"""


def main() -> None:
    """Make the prints in the database, then search for new ones."""
    parser = argparse.ArgumentParser(prog="./run bench radar", description=__doc__.splitlines()[0])
    parser.add_argument("--prints", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=100)
    asked = parser.parse_args()
    prepare()
    manage("migrate", "--verbosity", "0")
    from django.db import connection  # noqa: PLC0415 - needs the settings

    from credits.models import Fingerprint  # noqa: PLC0415 - needs the settings

    began = time.monotonic()
    indexes = Fingerprint._meta.indexes
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.remove_index(Fingerprint, index)
    with connection.cursor() as cursor:
        cursor.execute(PRINTS.format(count=asked.prints))
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.add_index(Fingerprint, index)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_total_relation_size('credits_fingerprint')")
        size = cursor.fetchone()[0]
    print(
        f"{asked.prints:,} fingerprints made in {time.monotonic() - began:.0f} s, {size / 2**20:.0f} MiB with indices"
    )
    settle()
    random = Random(8)
    new = [[random.getrandbits(16) for _band in range(4)] for _time in range(asked.times)]
    report("a new picture", [timed(bands, random) for bands in new])
    template = [[1111, 2222, 3333, 4444 ^ 1 << bit % 16] for bit in range(asked.times // 5)]
    report(f"one of a template's {asked.prints // 100:,}", [timed(bands, random) for bands in template])
    report("fingerprint of a 2,400 × 1,700 photo", [hashed() for _time in range(20)])
    report("same file by SHA-256", [digest(number) for number in range(asked.times)])


def timed(bands: list[int], random: Random) -> float:
    """Return the milliseconds of one search."""
    from credits.models import Fingerprint  # noqa: PLC0415 - needs the settings
    from credits.radar.searching import similar_pictures  # noqa: PLC0415 - as above

    names = ("band_1", "band_2", "band_3", "band_4")
    row = Fingerprint(**dict(zip(names, bands, strict=True)), detail=random.randbytes(128))
    began = time.perf_counter()
    similar_pictures(row)
    return (time.perf_counter() - began) * 1000


def hashed() -> float:
    """Return the milliseconds of making one fingerprint, decoding included."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - after the settings

    from credits.radar.hashing import fingerprint  # noqa: PLC0415 - needs the settings

    image = Image.new("RGB", (2400, 1700), "white")
    ImageDraw.Draw(image).rectangle((300, 300, 1200, 700), fill="red")
    out = io.BytesIO()
    image.save(out, "JPEG")
    began = time.perf_counter()
    with Image.open(out) as photo:
        photo.draft("L", (256, 256))
        fingerprint(photo.convert("L"))
    return (time.perf_counter() - began) * 1000


def digest(number: int) -> float:
    """Return the milliseconds of looking a file's digest up."""
    from credits.models import Evidence  # noqa: PLC0415 - needs the settings
    from portal.models import StoredFile  # noqa: PLC0415 - as above

    sha = StoredFile.objects.filter(pk=number + 1).values_list("sha256", flat=True).get()
    began = time.perf_counter()
    list(Evidence.objects.kept().filter(file__sha256__in=[sha]).values_list("pk", "claim_id")[:50])
    return (time.perf_counter() - began) * 1000


def report(name: str, times: list[float]) -> None:
    """Print the median, the 95th of a hundred and the worst."""
    times = sorted(times)
    middle, late = times[len(times) // 2], times[len(times) * 95 // 100]
    print(f"{name:<40} median {middle:7.1f} ms   95 % {late:7.1f}   worst {times[-1]:7.1f}   ({len(times)} times)")


if __name__ == "__main__":
    main()
