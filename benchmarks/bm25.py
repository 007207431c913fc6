"""Plain BM25 over single turns, as a yardstick: what retrieval finds that knows nothing of meaning, context or time."""

import math
from collections import Counter
from collections.abc import Sequence

from src_v2.memory.lexical import K1, B, terms


class PlainBM25:
    """Ranks `texts` for a query (Robertson & Zaragoza 2009)."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._documents = [Counter(terms(text)) for text in texts]
        self._holding = Counter(term for document in self._documents for term in document)
        self._average = sum(map(Counter.total, self._documents)) / max(1, len(texts))

    def ranking(self, query: str) -> list[int]:
        """Return the places of the texts that share a term with `query`, best first."""
        wanted = set(terms(query))
        scores = {place: self._score(document, wanted) for place, document in enumerate(self._documents)}
        return sorted((place for place, score in scores.items() if score), key=lambda place: (-scores[place], place))

    def _score(self, document: Counter[str], wanted: set[str]) -> float:
        shared = wanted & document.keys()
        norm = K1 * (1 - B + B * document.total() / self._average) if shared else 0.0
        return sum(self._idf(term) * document[term] * (K1 + 1) / (document[term] + norm) for term in shared)

    def _idf(self, term: str) -> float:
        holding = self._holding[term]
        return math.log(1 + (len(self._documents) - holding + 0.5) / (holding + 0.5))
