"""Runs a command beside a server that is started and filled.

    python beside.py PROGRAM COMMAND…
"""

import os
import subprocess
import sys

from shop import STEVE, Shop


def main(program, *command):
    with Shop(program) as shop:
        where = {"JIT_URL": shop.url, "JIT_TOKEN": shop.token(), "JIT_PERSONAL_TOKEN": shop.tokens[STEVE]}
        return subprocess.run(command, env=os.environ | where).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
