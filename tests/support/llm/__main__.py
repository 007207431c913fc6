"""The local model server as a process, for benchmarks. Prints its address as the first line, stops on SIGTERM."""

import argparse
import asyncio
import signal

from tests.support.llm import LocalLLM, Script


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.support.llm", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--first-token-ms", type=float, default=300)
    parser.add_argument("--tokens-per-s", type=float, default=50, help="0: all at once")
    parser.add_argument("--tokens", type=int, default=200, help="length of every answer")
    parser.add_argument("--packet-per-token", action="store_true", help="one packet per token even when all at once")
    return parser.parse_args()


async def _serve(options: argparse.Namespace) -> None:
    script = Script(
        " ".join(f"word{number}" for number in range(options.tokens)),
        first_token_delay_s=options.first_token_ms / 1000,
        tokens_per_second=options.tokens_per_s or None,
        packet_per_token=options.packet_per_token,
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with LocalLLM(port=options.port) as llm:
        llm.reply = lambda _: script
        print(llm.openai_url, flush=True)  # noqa: T201 - the address is the program's output
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments()))
