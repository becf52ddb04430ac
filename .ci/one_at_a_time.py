"""Hold a file so that only one program at a time does something.

The system lets go of it when the program ends, however it ends: a file that is held means that the
other one runs, and one that is not means that it does not.
"""

import errno
import os
import time
from contextlib import contextmanager

HELD = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)

if os.name == "nt":
    import msvcrt

    def _hold(file):
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _hold(file):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def held_now(file):
    """Try to hold an open file; False while another program does.

    Where the file's disk knows no such holding, nobody is kept from anything.
    """
    try:
        _hold(file)
    except OSError as error:
        return error.errno not in HELD
    return True


@contextmanager
def one_at_a_time(path, waits, seconds=0.5):
    """Run the block while no other program runs one with the same path; `waits()` before a wait."""
    with open(path, "a+b") as file:
        if not held_now(file):
            waits()
            while not held_now(file):
                time.sleep(seconds)
        yield
