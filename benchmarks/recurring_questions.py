"""Questions of recurring kinds, and of none: what tells whether a trace is found again when it should be.

Within a kind the way to the answer is the same and the details differ. The kinds of `CHOSEN_ON` were looked at when the
limit was chosen, those of `HELD_BACK` only afterwards. `CHATTER` is no problem at all.
"""

from collections.abc import Mapping, Sequence

Kinds = Mapping[str, Sequence[str]]

CHOSEN_ON: Kinds = {
    "days between": (
        "How many days are there between the 3rd of March and the 9th of June?",
        "How many days lie between 12 January and 1 May?",
        "Can you work out how many days it is from August 20 until October 2?",
        "How many days are left between today and the 24th of December?",
    ),
    "share a bill": (
        "We were four at dinner, the bill was 86.40 and we want to tip 10 percent. What does each of us pay?",
        "Split a bill of 132 euros between five people with a 15 % tip, please.",
        "Three of us share 57.30 plus a tip of ten percent. How much is it per person?",
    ),
    "advice with the past": (
        "Looking at everything I told you about my job this year, should I ask for a raise?",
        "With all that I told you about my work, do you think I should look for another job?",
        "Considering what I said about my boss and the long hours, should I hand in my notice?",
    ),
    "gift": (
        "What could I give my sister for her birthday, going by what you know about her?",
        "Which present would my father like, from all I told you about him?",
        "Can you think of a birthday gift for my friend Lena that fits what I said about her?",
    ),
    "time zones": (
        "If it is 9 in the morning in Berlin, what time is it in Tokyo?",
        "What time is it in New York when it is 18:30 in London?",
        "When my call starts at 14:00 in Madrid, what time is that in Sydney?",
    ),
    "compare two times": (
        "How has my mood changed between last spring and now?",
        "Has the way I talk about my studies changed since the beginning of the year?",
        "Do I sound happier about my job now than I did in summer?",
    ),
    "plan a trip": (
        "Plan a weekend in Lisbon for me with what you know I like to eat and see.",
        "Make me a plan for three days in Rome that fits my tastes.",
        "Put together two days in Prague for me, with the kind of places I enjoy.",
    ),
}

HELD_BACK: Kinds = {
    "last time": (
        "When was the last time I mentioned my knee, and what did I say about it?",
        "When did I last talk about my back pain and what did I tell you?",
        "What did I say the last time I spoke about my headaches?",
    ),
    "how they know each other": (
        "How do my friends Mara and Tom know each other?",
        "Through whom do Ben and my cousin Julia know each other?",
        "Do you remember how Paul and Nina met?",
    ),
    "savings": (
        "If I put aside 120 a month at 3 percent interest, how much do I have after five years?",
        "I save 250 euros every month with 2.5 % interest. What is it worth after ten years?",
        "How much will 80 a month at four percent grow to in eight years?",
    ),
    "recipe amounts": (
        "The recipe is for four people and takes 300 g of flour. How much flour do I need for seven?",
        "My soup takes 2 litres of stock for six. How much do I need for ten people?",
        "A cake for eight needs 5 eggs and 250 g sugar. What do I need for twenty?",
    ),
    "sum of mentions": (
        "How many times did I go running this month, and how far in all?",
        "How often was I at the gym in May and for how many hours altogether?",
        "Add up how often I went swimming in the last four weeks.",
    ),
    "días entre": (
        "¿Cuántos días hay entre el 5 de abril y el 17 de julio?",
        "¿Cuántos días faltan desde el 2 de febrero hasta el 30 de marzo?",
        "¿Cuántos días pasan entre el 11 de agosto y el 1 de octubre?",
    ),
    "geschenk": (
        "Was könnte ich meiner Mutter zum Geburtstag schenken, nach allem, was du über sie weißt?",
        "Welches Geschenk würde meinem Bruder gefallen, nach dem, was ich dir erzählt habe?",
        "Hast du eine Geschenkidee für meine Freundin Eva, die zu ihr passt?",
    ),
}

CHATTER = (
    "Hi there!", "How are you today?", "Good night, sleep well.", "Tell me a joke.", "I am so tired today.",
    "What is your favourite colour?", "Do you like the sea?", "I just made some coffee.", "Thanks, that helped a lot!",
    "It is raining again.", "Who are you?", "Sing me something.", "I miss my old flat.", "My cat knocked over a plant.",
    "What are you doing?", "Explain how rainbows come about.", "Write a short poem about autumn.", "I got the job!",
    "Translate good morning into Italian.", "Do you dream?", "I had pasta for lunch.", "That film was terrible.",
)  # fmt: skip
