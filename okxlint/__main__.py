"""``python -m okxlint``."""

import os
import sys

# Python has put the working directory first among the places of modules: what stands there was
# written by whoever wrote the manifests, and must not run.
try:
    if not sys.flags.safe_path and os.path.abspath(sys.path[0]) == os.getcwd():
        del sys.path[0]
except OSError:
    pass  # the directory is gone, and then Python has not put it there

from okxlint.cli import script

script()
