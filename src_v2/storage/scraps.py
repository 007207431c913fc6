"""Has freed memory overwritten, for libraries that write their memory to files as they find it.

Ladybug writes the first page of its file out of memory that it never filled: without this, scraps of what the process
had in hand before, people's ids and words among them, stand in the file. Works with the GNU C library; elsewhere the
file may hold such scraps (SECURITY.md).
"""

import ctypes
from functools import cache

M_PERTURB = -6
"""glibc's name for it, see mallopt(3)."""
FILLING = 0xA5


@cache
def overwrite_freed_memory() -> bool:
    """Fill memory when it is handed out and given back, from now on; say whether this C library can."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(M_PERTURB, FILLING))
