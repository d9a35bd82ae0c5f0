"""Manifests in an editor: the findings of ``okxlint check``, with pages, fixes and completion.

``server``, ``folders`` and ``protocol`` speak the protocol. The other modules know none: they are
functions of a check and of a place in a file, as an offset in code points.
"""
