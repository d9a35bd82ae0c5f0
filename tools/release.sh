#!/usr/bin/env bash
# Builds what is released into dist/: the sdist, the wheel (twice, which must be the same to the byte), a bill of
# materials of the locked dependencies, and SHA256SUMS. Needs the extra 'release'.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bin=$PWD/.venv/bin
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
rm -rf dist
for copy in one two; do
  git archive --prefix=okxlint/ HEAD | tar -x -C "$(mkdir -p "dist/$copy" && echo "dist/$copy")"
  (cd "dist/$copy/okxlint" && "$bin/python" -m build --no-isolation --outdir .. . >/dev/null 2>&1)
done
for file in dist/one/*.whl dist/one/*.tar.gz; do
  cmp "$file" "dist/two/${file##*/}"
  mv "$file" dist/
done
rm -r dist/one dist/two
PYTHONWARNINGS=ignore "$bin/cyclonedx-py" requirements action/requirements.txt --pyproject pyproject.toml \
  --output-reproducible --of JSON -o dist/okxlint.cdx.json
(cd dist && sha256sum -- * > SHA256SUMS && cat SHA256SUMS)
