"""How close an exported model is to its original: cosines over varied sentences, recall over small questions.

The sentences are the kind of thing people tell a character: short and long, several languages and scripts, emoji, code.
"""

from collections.abc import Callable, Sequence

import numpy as np

from src_v2.memory.embeddings.base import TextKind, Vectors
from src_v2.memory.embeddings.manifest import Parity

MIN_COSINE = 0.98
"""Below this to the original, for any sentence, an export is not the same model any more."""

Encode = Callable[[Sequence[str], TextKind], Vectors]

SENTENCES = (
    "My dog is called Pepper and she steals socks.",
    "I moved to Lisbon last autumn for a new job.",
    "My sister has a grey cat named Miso.",
    "I am allergic to peanuts, so no satay for me.",
    "We got married on a beach in July, it rained all day.",
    "I failed my driving test again :(",
    "My grandmother taught me how to bake rye bread.",
    "I work night shifts at the hospital as a nurse.",
    "The exam is on Thursday and I have not started studying.",
    "I play the cello in an amateur orchestra.",
    "Last week my laptop died and took half of my thesis with it.",
    "I have been sober for two years now.",
    "My favourite film is an old one about a lighthouse keeper.",
    "We are expecting our first child in March!",
    "I cannot sleep when the neighbours play drums at midnight.",
    "My brother and I have not spoken since the funeral.",
    "I collect stamps from countries that no longer exist.",
    "On Sundays I climb with friends at the old quarry.",
    "I hate coriander, it tastes like soap.",
    "My phone number changed, I will tell you the new one tomorrow.",
    "The doctor says that my knee needs surgery.",
    "I dream of sailing around Iceland one day.",
    "We planted forty tomato seedlings on the balcony.",
    "My boss praised me in front of everybody today.",
    "I am learning Japanese because of my partner's parents.",
    "Our flight to Oslo was cancelled, so we took the night train.",
    "I grew up on a farm with goats and far too many geese.",
    "He broke up with me by text message.",
    "I spend most evenings painting tiny wooden ships.",
    "My savings are gone, the roof had to be repaired.",
    "I voted for the first time yesterday.",
    "She teaches mathematics at a school for the deaf.",
    "I am afraid of deep water but I love whales.",
    "Coffee after four keeps me awake until dawn.",
    "We named the robot vacuum Gerald.",
    "ok",
    "hello there",
    "lol that is hilarious",
    "no.",
    "Happy birthday!!!",
    "What time is it where you live?",
    "Can you remind me to call my mother tomorrow at nine?",
    "Me encanta nadar en el mar por la mañana.",
    "Mañana tengo una entrevista de trabajo en Madrid.",
    "Je préfère le thé au café, surtout en hiver.",
    "Ich habe meinen Schlüssel schon wieder verloren.",
    "Ieri ho visto un delfino vicino al porto.",
    "Eu gosto muito de música brasileira antiga.",
    "Вчера мы ходили в театр.",
    "我昨天去了海边。",
    "昨日は友達と映画を見ました。",
    "أحب القهوة في الصباح.",
    "I love it 😍🐶🌊",
    "def area(radius): return 3.14159 * radius ** 2",
    "SELECT name FROM pets WHERE owner = 'me';",
    "The meeting moved from 14:30 to 16:00 on 3 June 2025.",
    "https://example.org/blog/how-to-fold-a-fitted-sheet",
    "WHY IS EVERYONE SHOUTING TODAY",
    "The committee met for three hours, argued about the colour of the new benches, sent out for sandwiches, "
    "changed its mind twice, and in the end decided that the old benches, painted green, would serve the park for "
    "another ten years.",
    "When I was nine my father took me to the observatory on the hill above our town. It was so cold that the "
    "guide gave us blankets, and we waited for an hour until the clouds opened. Then I saw the rings of Saturn "
    "with my own eyes, tiny and sharp like a drawing, and I could not speak for the rest of the evening. I think "
    "that is why I studied physics, and why I still keep a small telescope next to the kitchen window, although "
    "the city lights drown almost everything.",
)

QUESTIONS = (
    ("What is the name of my dog?", 0),
    ("Where do I live now?", 1),
    ("Who owns a cat?", 2),
    ("Which food must I avoid because of an allergy?", 3),
    ("How was the weather at our wedding?", 4),
    ("Did I get my driving licence?", 5),
    ("Who showed me how to make bread?", 6),
    ("What is my job?", 7),
    ("Which instrument do I play?", 9),
    ("What happened to my computer?", 10),
    ("When is the baby due?", 13),
    ("Why am I tired in the mornings because of noise?", 14),
    ("Do I get along with my brother?", 15),
    ("What do I collect?", 16),
    ("Which herb do I dislike?", 18),
    ("What did the doctor say about my leg?", 20),
    ("What grows on our balcony?", 22),
    ("Which language am I studying?", 24),
    ("How did we travel to Norway?", 25),
    ("What was my childhood like in the countryside?", 26),
    ("How did my relationship end?", 27),
    ("What is my evening hobby?", 28),
    ("What am I scared of?", 32),
    ("What did we call our cleaning robot?", 34),
    ("When do I have a job interview?", 43),
    ("Why did I become a physicist?", 59),
)


def measure(original: Encode, exported: Encode) -> Parity:
    """Compare an export with its original; the export encodes every sentence alone and in a batch of 32."""
    reference = original(SENTENCES, "document")
    alone = np.vstack([exported([sentence], "document") for sentence in SENTENCES])
    batched = _in_served_batches(exported)
    # Dynamic quantisation scales by the whole batch: what is true of one text need not be true of thirty-two.
    cosines = np.minimum((alone * reference).sum(axis=1), (batched * reference).sum(axis=1))
    before = _recalls(original([question for question, _ in QUESTIONS], "query"), reference)
    after = _recalls(np.vstack([exported([question], "query") for question, _ in QUESTIONS]), batched)
    return Parity(
        cosine_min=round(float(cosines.min()), 4),
        cosine_mean=round(float(cosines.mean()), 4),
        recall_at_1=after[0],
        recall_at_3=after[1],
        original_recall_at_1=before[0],
        original_recall_at_3=before[1],
    )


def holds(parity: Parity) -> bool:
    """Whether an export may serve in place of its original: close enough everywhere, and no answer lost."""
    kept = parity.recall_at_3 >= parity.original_recall_at_3 and parity.recall_at_1 >= parity.original_recall_at_1
    return parity.cosine_min >= MIN_COSINE and kept


def _in_served_batches(exported: Encode) -> Vectors:
    by_length = sorted(range(len(SENTENCES)), key=lambda index: len(SENTENCES[index]), reverse=True)
    vectors: dict[int, Vectors] = {}
    for start in range(0, len(by_length), 32):
        batch = by_length[start : start + 32]
        vectors.update(zip(batch, exported([SENTENCES[index] for index in batch], "document"), strict=True))
    return np.vstack([vectors[index] for index in range(len(SENTENCES))])


def _recalls(questions: Vectors, sentences: Vectors) -> tuple[float, float]:
    """Return recall at 1 and at 3 of the right sentence, 0..1."""
    order = np.argsort(-(questions @ sentences.T), axis=1)
    ranks = [int(np.flatnonzero(row == right)[0]) for row, (_, right) in zip(order, QUESTIONS, strict=True)]
    return tuple(round(sum(rank < limit for rank in ranks) / len(ranks), 4) for limit in (1, 3))  # type: ignore[return-value]
