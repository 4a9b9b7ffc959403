"""Mu-law (G.711), what a telephone line carries: one byte a sample. The standard library does the
work.
"""

import re
import warnings
from typing import Final

with warnings.catch_warnings():
    # The stdlib module is gone in 3.13, where audioop-lts takes its place under the same name.
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

QUIET: Final = b"\xff\x7f\xfe\x7e"
"""Samples from -8 to 8: what is left of silence after encoding."""
VOICED: Final = re.compile(rb"[^\xff\x7f\xfe\x7e]")


def pcm_to_mulaw(pcm: bytes) -> bytes:
    """Two bytes a sample to one. Encoding what was decoded gives the same bytes again."""
    return audioop.lin2ulaw(pcm, 2)


def mulaw_to_pcm(mulaw: bytes) -> bytes:
    """One byte a sample to two."""
    return audioop.ulaw2lin(mulaw, 2)
