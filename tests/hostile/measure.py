"""Runs a command; prints as JSON how it ended, its seconds, and the memory of its largest process.

A process of its own, as small as can be: what a process is said to have needed is never less than
what the one had that started it.
"""

import json
import resource
import subprocess
import sys
import time


def main() -> None:
    """``measure.py SECONDS COMMAND …``: what it prints goes to stderr."""
    seconds, command = float(sys.argv[1]), sys.argv[2:]
    begin = time.monotonic()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    try:
        code = process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        code = None
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(json.dumps({"code": code, "seconds": time.monotonic() - begin, "memory": peak}))


if __name__ == "__main__":
    main()
