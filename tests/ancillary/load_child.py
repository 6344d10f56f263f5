"""Threads that ask two kernel sets at once; run as a process, for CSPICE could end it.

``python -m tests.ancillary.load_child THREADS ANSWERS SET...``: each SET is a folder. Prints, as
JSON, how many answers came and how many were not those of the set that was asked.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from apps.ancillary import kernelset
from apps.ancillary.kernels import Pool

TIMES = np.array([6.45e8, 6.55e8, 6.65e8])


def a_pool(folder):
    """Kernels of a folder as a pool."""
    found = kernelset.collect([folder])
    names = [name for name in kernelset.in_order(found) if kernelset.kind_of(name) != "MK"]
    return Pool(Path(folder).name, [found[name] for name in names])


def answer(pool):
    """States, turned axes and clock of three instants, as bytes, in one hold of the lock."""
    with pool.loaded():
        parts = [
            pool.states(-144, TIMES),
            pool.rotations("SOLO_HEEQ", "J2000", TIMES)[0],
            pool.et_of_scet(["1/0642038387:13107", "655000000.5"]),
        ]
    return b"".join(part.tobytes() for part in parts), pool.scet(TIMES)


def main(threads, answers, *folders):
    """Ask the sets in turns, in runs of a hundred, from all threads."""
    pools = [a_pool(folder) for folder in folders]
    expected = [answer(pool) for pool in pools]

    def asked(number):
        chosen = (number // 100) % len(pools)
        return answer(pools[chosen]) == expected[chosen]

    with ThreadPoolExecutor(int(threads)) as workers:
        right = sum(workers.map(asked, range(int(answers))))
    different = len({one[0] for one in expected})
    print(json.dumps({"right": right, "asked": int(answers), "different": different}))


if __name__ == "__main__":
    main(*sys.argv[1:])
