"""A step for the tests: says how far it is, chatters, and ends as told by its argument."""

import os
import sys
import time

from src_v2.memory.embeddings.steps import report_progress, report_result

if __name__ == "__main__":
    print("a library says hello\n[1, 2]")  # noqa: T201 - the noise that real libraries make
    report_progress(0.5, "half way")
    match sys.argv[1]:
        case "finish":
            report_result(folder="somewhere")
        case "crash":
            sys.stderr.write("first line\nout of memory\n")
            os.abort()
        case "hang":
            time.sleep(600)
