"""What the people of generated histories say: by topic, mood, event and person, in sentences that say nothing else."""

from collections.abc import Mapping

TOPICS: Mapping[str, tuple[str, ...]] = {
    "space": (
        "Have you seen that Saturn is up tonight?", "I keep thinking about space and how quiet it must be.",
        "I read half the night about the Voyager probes in space.", "I'd love a telescope one day, just for space.",
    ),
    "cooking": (
        "I tried cooking a stew with far too much paprika.", "Cooking for one is an art I haven't learned.",
        "My cooking pan finally gave up.", "I found a cooking blog that only does soups.",
    ),
    "garden": (
        "The garden is a jungle, I gave up on the beans.", "I planted three rows of leek in the garden.",
        "There are slugs all over my garden again.", "I sat in the garden until it got dark.",
    ),
    "guitar": (
        "I practised the guitar until my fingers hurt.", "My guitar needs new strings.",
        "I can almost play that one song on the guitar.", "I took the guitar out of its case again.",
    ),
    "chess": (
        "I lost at chess against a nine-year-old.", "I studied a chess opening for two hours.",
        "There is a chess club two streets from here.", "I blundered my queen in an online chess game.",
    ),
    "running": (
        "I went running along the canal.", "My running shoes are falling apart.",
        "I managed six kilometres of running without a break.", "Running in the rain is underrated.",
    ),
    "trains": (
        "I saw an old steam engine, trains make me so calm.", "I looked up night trains to Vienna.",
        "I could watch trains all day.", "My model trains take up the whole table.",
    ),
    "painting": (
        "I started a painting of the harbour.", "My painting looks like mud.",
        "I bought new brushes for painting.", "I spent the whole afternoon on painting one boat.",
    ),
    "birds": (
        "A pair of birds nests under my roof.", "I counted eleven kinds of birds today.",
        "The birds woke me at four.", "I put out seeds for the birds.",
    ),
    "football": (
        "The football was on and I shouted at the screen.", "We lost at football again.",
        "My old football scarf turned up.", "I watched a football match with nobody I know.",
    ),
    "sewing": (
        "I did some sewing on my coat.", "My sewing machine eats thread.",
        "I am sewing a cushion for the bench.", "Sewing a straight line is harder than it looks.",
    ),
    "poetry": (
        "I read some poetry on the bus.", "I wrote a bit of poetry and threw it away.",
        "Poetry is the only thing I can read lately.", "I found a book of poetry at the flea market.",
    ),
}  # fmt: skip
MOODS: Mapping[str, tuple[str, ...]] = {
    "sad": (
        "I feel so sad today.", "It is one of those sad days.", "I cried a little, I'm just sad.",
        "Everything feels sad and grey.",
    ),
    "nervous": (
        "I'm nervous, my hands won't keep still.", "I have been nervous since breakfast.",
        "So nervous that I can't eat.", "My nerves again, I'm nervous about everything.",
    ),
    "cheerful": (
        "I woke up cheerful for no reason.", "I'm in such a cheerful mood.", "Today is a cheerful day for once.",
        "I whistled all the way home, that cheerful I am.",
    ),
    "angry": (
        "I'm angry, don't ask.", "I got so angry that I slammed a door.", "Still angry about this morning.",
        "I don't like how angry I get.",
    ),
}  # fmt: skip
EVENTS: Mapping[str, tuple[str, ...]] = {
    "exam": ("I had an exam today.", "Another exam is over.", "The exam took three hours.", "One more exam tomorrow."),
    "dentist": (
        "I was at the dentist.", "The dentist found something again.", "I have to go back to the dentist.",
        "My jaw is numb from the dentist.",
    ),
    "night shift": (
        "I just came from a night shift.", "Night shift again, six in a row.", "The night shift was endless.",
        "I'm off to the night shift.",
    ),
    "deadline": (
        "The deadline moved closer.", "I made the deadline by an hour.", "There is a deadline on Friday.",
        "I dreamt of the deadline.",
    ),
}  # fmt: skip
PERSONS: Mapping[str, tuple[str, ...]] = {
    "Ruth": ("Ruth called.", "I met Ruth at the station.", "Ruth sent me a card.", "I owe Ruth a letter."),
    "Anselm": (
        "Anselm came by.", "Anselm still has my keys.", "I ran into Anselm.", "Anselm asked me for a favour.",
    ),
    "Priya": ("Priya wrote to me.", "I had lunch with Priya.", "Priya is back in town.", "Priya laughed at my hat."),
    "Tom": ("Tom borrowed my bike.", "Tom phoned late.", "I sat next to Tom.", "Tom forgot what I told him."),
}  # fmt: skip
FILLER = (
    "Hi, how are you?", "Not much going on here.", "Anyway, tell me something.", "I should go to bed soon.",
    "It's raining again.", "What would you do?", "Ha, good one.", "I'm on the bus right now.", "Okay, enough of me.",
    "The neighbours are loud.", "I had toast for dinner.", "Let me think about that.",
)  # fmt: skip
SENTENCES: Mapping[str, str] = {
    sentence: name
    for group in (TOPICS, MOODS, EVENTS, PERSONS)
    for name, sentences in group.items()
    for sentence in sentences
}
"""Sentence -> what it is about."""
