#!/usr/bin/env bash
# Puts okxlint, as it stands beside this script, into an environment of its own.
#
#   install.sh FOLDER [EXTRA,...]      the console script is then FOLDER/bin/okxlint
#
# Everything else is installed from locked versions with their hashes, as wheels, so that no code
# of theirs runs here. OKXLINT_PLUGINS may hold requirements, pinned and with hashes too.
set -euo pipefail
unset CDPATH # with it, cd could go elsewhere, and say so

fail() {
  if [[ ${GITHUB_ACTIONS:-} == true ]]; then
    printf '::error title=okxlint::%s\n' "$1"
  else
    printf 'okxlint: %s\n' "$1" >&2
  fi
  exit 2
}

find_python() {
  local name
  for name in python3 python python3.14 python3.13 python3.12 python3.11; do
    if "$name" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  return 1
}

# pip starts other Pythons, which know nothing of -I: a PYTHONPATH could lead them into the tree.
for name in "${!PYTHON@}"; do
  unset "$name"
done

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mkdir -p "$1" && cd "$1" && pwd)
asked=${2:-}
read -ra extras <<<"${asked//,/ }"

locks=(-r "$here/requirements.txt")
for extra in ${extras[@]+"${extras[@]}"}; do
  lock=$here/requirements-$extra.txt
  [[ $extra =~ ^[a-z]+$ && -f $lock ]] || fail "okxlint has no extra $(printf %q "$extra")"
  locks+=(-r "$lock")
done

cd "$folder" # nothing of a checked tree is in reach from here
python=$(find_python) ||
  fail "no Python of 3.11 or newer is on the PATH: actions/setup-python can install one"
"$python" -I -m venv "$folder" || fail "Python's venv does not work here: see above"

pip=("$folder/bin/python" -I -m pip --disable-pip-version-check --no-input install --quiet)
wheels=(--require-hashes --only-binary ':all:')
"${pip[@]}" "${wheels[@]}" "${locks[@]}" || fail "the locked dependencies cannot be installed"
"${pip[@]}" --no-index --no-deps --no-build-isolation "$here/.." ||
  fail "okxlint cannot be installed: see above"
if [[ -n ${OKXLINT_PLUGINS:-} ]]; then
  printf '%s\n' "$OKXLINT_PLUGINS" >plugins.txt
  "${pip[@]}" "${wheels[@]}" --no-deps -r plugins.txt || fail "the plugins cannot be installed"
fi
