#!/usr/bin/env bash
# Renews the locks from which install.sh installs, and that of README's set-up: 'lock.sh' after a change of
# pyproject.toml, 'lock.sh --upgrade' for newer versions. Needs uv, which is among the tools of .[dev].
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

lock() {
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --custom-compile-command action/lock.sh pyproject.toml action/build.in "$@"
}

lock "$@" --output-file action/requirements.txt
uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate \
  --custom-compile-command action/lock.sh pyproject.toml --extra dev --output-file dev-constraints.txt "$@"
lock "$@" --extra cel --constraint action/requirements.txt --output-file action/requirements-cel.txt
