"""Structured logs: for people on a terminal or as JSON lines. No message text, no names, no secrets, at any level."""

import logging
import re
import sys
from typing import Literal

import structlog
from structlog.typing import EventDict, WrappedLogger

_SECRET_KEYS = re.compile(r"token|key|password|secret|authorization", re.IGNORECASE)
_NOT_SECRET = re.compile(r"tokens$|^key$|_key_name$", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?<=://)([^/@\s:]*):([^/@\s]+)@")


def configure_logging(level: str, form: Literal["console", "json"]) -> None:
    """Send every log line, the libraries' too, through one chain to standard error.

    `level` is for our own lines. Libraries say warnings only: below that, drivers and clients write whole statements
    and messages, and with them what people said.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    if form == "json":
        final: list[structlog.typing.Processor] = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    else:
        # Plain tracebacks: the pretty ones show local variables, and those hold what people said.
        plain = structlog.dev.plain_traceback
        final = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    handler = _CurrentStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final]
        )
    )
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, logging.getLevelName(level)), force=True)
    logging.getLogger("src_v2").setLevel(level)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


class _CurrentStderr(logging.Handler):
    """Writes to whatever `sys.stderr` is at the time: a progress bar takes its place to keep lines apart."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        sys.stderr.write(self.format(record) + "\n")


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank values whose name says that they are secret, and passwords within addresses."""
    for name, value in event.items():
        if isinstance(value, str) and _SECRET_KEYS.search(name) and not _NOT_SECRET.search(name):
            event[name] = "***"
        elif isinstance(value, str):
            event[name] = _URL_PASSWORD.sub(r"\1:***@", value)
    return event
