"""What Acme adds to okxlint: rules in ``rules``, policies in ``packs``."""
