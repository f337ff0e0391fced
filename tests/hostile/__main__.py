"""Run the collection, or some of it: ``python -m tests.hostile [NAME …]``. 1: there are faults."""

import sys
import tempfile
from pathlib import Path

from tests.hostile.inputs import INPUTS
from tests.hostile.run import MEMORY, SECONDS, run


def main() -> int:
    """Print a line for each command in each folder."""
    wanted = sys.argv[1:]
    faults = 0
    print(f"{'input':<26} {'command':<16} {'seconds':>7} {'MB':>5}  outcome")
    for item in INPUTS:
        if wanted and item.name not in wanted:
            continue
        for command in item.commands:
            with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
                outcome = run(item, command, Path(folder))
            wrong = [*outcome.faults]
            if outcome.seconds > SECONDS:
                wrong.append(f"longer than {SECONDS:.0f} s")
            if item.wrong and outcome.code == 0:
                wrong.append("not complained of")
            faults += bool(wrong)
            said = next((line for line in outcome.output.splitlines() if "error: " in line), "")
            words = "; ".join(wrong).upper() or f"{outcome.code}  {said.partition('error: ')[2]}"
            print(
                f"{item.name:<26} {' '.join(command)[:16]:<16} {outcome.seconds:7.1f} "
                f"{outcome.memory // 1_000_000:5}  {words[:110]}",
                flush=True,
            )
    print(f"{faults} with faults (bounds: {SECONDS:.0f} s, {MEMORY // 1_000_000} MB a process)")
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
