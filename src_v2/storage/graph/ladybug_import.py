"""Makes a new graph file of an exported one: `python -m src_v2.storage.graph.ladybug_import EXPORTED FILE`.

A process of its own, because the library writes pages with whatever its memory held before where it has nothing to put:
a file that is to be free of somebody cannot be written by the process that knew them.
"""

import subprocess
import sys
from pathlib import Path

import ladybug

BUFFER_POOL_BYTES = 256 * 2**20
"""The library's own default is four fifths of the machine's memory."""
LONGEST_S = 600.0


def import_aside(exported: Path, file: Path) -> None:
    """Import the folder `exported` into the new file `file` in another process; raises OSError when that fails."""
    command = [sys.executable, "-m", __name__, str(exported), str(file)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=LONGEST_S)  # noqa: S603 - our own module
    except subprocess.SubprocessError as error:
        raise OSError(f"the import ended with {type(error).__name__}") from error


def order(database: ladybug.Database, command: str, folder: Path) -> None:
    """Have `command`, EXPORT or IMPORT DATABASE, done with `folder`."""
    escaped = str(folder).replace("\\", "\\\\").replace("'", "\\'")  # these commands know no parameters
    connection = ladybug.Connection(database)
    try:
        connection.execute(f"{command} '{escaped}'")
    finally:
        connection.close()


def main(exported: Path, file: Path) -> None:
    """Do the import; the file is complete and closed afterwards."""
    database = ladybug.Database(file, buffer_pool_size=BUFFER_POOL_BYTES)
    try:
        order(database, "IMPORT DATABASE", exported)
    finally:
        database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
