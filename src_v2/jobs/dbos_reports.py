"""What DBOS has to report, in our own words: its log lines may quote what a job is about."""

import logging

import structlog

log = structlog.get_logger(__name__)

LOGGER = "dbos"


class _Reporter(logging.Handler):
    """Says where DBOS had trouble, and of what kind."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        error = record.exc_info[0] if record.exc_info else None
        log.warning("dbos_trouble", where=f"{record.module}:{record.lineno}", error=error.__name__ if error else "")


def report_in_our_words() -> None:
    """Take the place of the handler that DBOS would install on its logger; to be called before it is made."""
    logger = logging.getLogger(LOGGER)
    logger.propagate = False
    if not any(isinstance(handler, _Reporter) for handler in logger.handlers):
        logger.handlers = [_Reporter(logging.WARNING)]
