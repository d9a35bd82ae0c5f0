"""How many cases are tried: a bounded and repeatable share, or as many as one asks for."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

PROFILES = {"ci": 1, "long": 20, "hour": 100}
"""What the variable ``OKXLINT_FUZZ`` may be, and how many times the cases of ``ci`` that is."""
PROFILE = os.environ.get("OKXLINT_FUZZ", "ci")
_TIMES = PROFILES[PROFILE]


def cases(count: int) -> settings:
    """So many cases in CI, the same each time; other ones in each longer run."""
    return settings(
        max_examples=count * _TIMES,
        derandomize=_TIMES == 1,
        database=None,
        deadline=None,
        print_blob=True,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
