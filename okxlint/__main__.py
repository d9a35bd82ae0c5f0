"""``python -m okxlint``. In a folder of strangers use the console script or ``python -I -m``."""

from okxlint.cli import script

script()
