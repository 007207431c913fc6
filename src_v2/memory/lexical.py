"""Words as sparse vectors, for the exact half of hybrid search: names, numbers, rare words that a model blurs.

A document carries BM25's term frequencies (k1 = 1.2, b = 0.75, Robertson & Zaragoza 2009), a query carries 1.0 per
term, and the store multiplies by the inverse document frequency. Terms are hashed to 32 bits: with a vocabulary of
100,000 terms about one in 43,000 shares its index with another, which costs a little precision and nothing else.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from threading import Lock

import snowballstemmer

from src_v2.storage.vectors.base import SparseVector

K1 = 1.2
B = 0.75
AVERAGE_TERMS = 40
"""Terms of an average chat message and the two before it. Fixed, because a stored weight cannot follow a changing
average; an estimate that is off by a factor of two moves a weight by less than a third."""

_MAX_TERM_LENGTH = 64
"""Longer runs of letters are no words; the beginning is enough to find them again."""

_LONGEST_STEMMED = 40

# Han, kana, hangul, Thai, Lao, Burmese and Khmer put no spaces between words: they are indexed as overlapping pairs.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
# Vowel signs of the Indic scripts are no letters to `\w`, yet part of the word.
_INDIC = "\u0900-\u0963\u0966-\u0dff"
_TOKEN = re.compile(rf"[{_UNSPACED}]+|(?:[{_INDIC}]|[^\W_{_UNSPACED}])+")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
# Latin, Greek and Cyrillic accents, Hebrew points, Arabic vowel marks: what people leave out when they type.
_ACCENT = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]")

# Words without content in any sentence; "not", "no" and question words stay, "will" and "may" are names and a month.
_ENGLISH_STOP_WORDS = """
a an the and or but of to in on at by for with from as is am are was were be been being it its this that these those
i me my mine you your yours he him his she her hers we us our ours they them their theirs do does did have has had
so too very just than then there here would can could shall should might must s t m re ve ll d
"""
_SPANISH_STOP_WORDS = "el la los las un una de del y que en es se lo al por para su mi tu"
STOP_WORDS = frozenset((_ENGLISH_STOP_WORDS + _SPANISH_STOP_WORDS).split())

# What no stemmer brings together: each line's first word stands for all of it. Left out are words that are something
# else as often ("rose", "saw" as a noun is rare, "left" as a side is not worth losing "leave").
_IRREGULAR_WORDS = """
become became; begin began begun; bend bent; bite bit bitten; blow blew blown; break broke broken; bring brought
build built; buy bought; catch caught; choose chose chosen; come came; draw drew drawn; drink drank drunk
drive drove driven; eat ate eaten; fall fell fallen; feed fed; feel felt; fight fought; find found; fly flew flown
forget forgot forgotten; forgive forgave forgiven; freeze froze frozen; get got gotten; give gave given
go went gone; grow grew grown; hang hung; hear heard; hide hid hidden; hold held; keep kept; know knew known
lead led; leave left; lend lent; lose lost; make made; mean meant; meet met; pay paid; ride rode ridden; ring rang rung
run ran; say said; see saw seen; sell sold; send sent; shake shook shaken; shine shone; shoot shot; show shown
sing sang sung; sit sat; sleep slept; speak spoke spoken; spend spent; stand stood; steal stole stolen; swim swam swum
take took taken; teach taught; tear tore torn; tell told; think thought; throw threw thrown
understand understood; wake woke woken; wear wore worn; win won; write wrote written
child children; foot feet; life lives; man men; mouse mice; person people; tooth teeth; wife wives; woman women
"""
_IRREGULAR = {
    form: base
    for line in _IRREGULAR_WORDS.strip().splitlines()
    for base, *forms in (group.split() for group in line.split(";"))
    for form in forms
}

_stemmer = snowballstemmer.stemmer("english")
_stemming = Lock()


def encode_document(text: str) -> SparseVector:
    """Return the term weights of a text that is to be found."""
    counts = Counter(map(term_index, terms(text)))
    length_norm = K1 * (1 - B + B * counts.total() / AVERAGE_TERMS)
    return _vector({index: count * (K1 + 1) / (count + length_norm) for index, count in counts.items()})


def encode_query(text: str) -> SparseVector:
    """Return the terms to look for, each with weight 1.0; empty when the text holds only stop words."""
    return _vector(dict.fromkeys(map(term_index, terms(text)), 1.0))


def terms(text: str) -> list[str]:
    """Return the stems of a text's words in order: lower-case, without accents and stop words."""
    return [term for token in _TOKEN.findall(_folded(text)) for term in _terms_of(token)]


def plain_words(text: str) -> frozenset[str]:
    """Return a text's words as they stand, lower-case: cheap, and enough to see that two texts say the same."""
    return frozenset(_TOKEN.findall(text.casefold()))


def term_index(term: str) -> int:
    """Return the stable 32-bit index of a term: the same on every machine and in every version."""
    return int.from_bytes(blake2b(term.encode(), digest_size=4).digest(), "big")


def _vector(weights: dict[int, float]) -> SparseVector:
    indices = sorted(weights)
    return SparseVector(indices=indices, values=[weights[index] for index in indices])


def _folded(text: str) -> str:
    """Lower-case, compatibility forms unified, accents dropped."""
    bare = _ACCENT.sub("", unicodedata.normalize("NFKD", text.casefold()))
    # Recomposed, so that hangul and kana, which NFKD takes apart, are letters again.
    return unicodedata.normalize("NFC", bare)


def _terms_of(token: str) -> Iterator[str]:
    if _IS_UNSPACED.match(token):
        yield from (token[at : at + 2] for at in range(max(1, len(token) - 1)))
    elif token not in STOP_WORDS:
        yield _stem(token[:_MAX_TERM_LENGTH])


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    if len(word) > _LONGEST_STEMMED or not word.isascii():
        return word
    # The stemmer keeps its word in itself while it works on it.
    with _stemming:
        return str(_stemmer.stemWord(_IRREGULAR.get(word, word)))
