"""Recurring kinds of questions, and look-alikes: whether one earlier question is enough for its way to be found again.

Within a kind the way to the answer is the same: what is looked up or reckoned, in which order. A look-alike shares
names, topics or turns of phrase with its kind, and another way leads to its answer. In `CHOSEN_ON` and `HELD_BACK` the
questions of a kind differ in details and in words; both were written before anything was measured. Words, weights and
limits were chosen on `CHOSEN_ON`, and the figures of `HELD_BACK` were looked at several times meanwhile, which decided
that both the shape and the text count. `SAME_WORDS` (other details, the same words) was written after all that.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recurring:
    """One kind: questions with the same way to the answer, and look-alikes with others."""

    questions: Sequence[str]
    look_alikes: Sequence[str]


CHOSEN_ON = {
    "who told first": Recurring(
        (
            "Who was the first to tell me about the pottery class, and which day was it?",
            "From whom did I first hear of the new tram line, and when?",
            "Who told me about Doctor Keller to begin with, and what date was that?",
            "Who brought up the allotment first, and when did they?",
        ),
        (
            "What do I have to bring along to the pottery class on Thursday, and what does it cost?",
            "Explain to me how the tram line is powered, and who invented that.",
            "Write to Doctor Keller that I was the first to be ill, and say when I can come.",
        ),
    ),
    "money spent": Recurring(
        (
            "Add up what I spent on groceries in March and tell me whether I kept to 300 euros.",
            "What did I spend on petrol altogether in July, and was it within my 120?",
            "Sum up all I paid for vet visits since January: is that more than the 500 that I set aside?",
            "Take together everything I said I paid for books this autumn. Am I over 80 pounds?",
        ),
        (
            "How many groceries fit into a bag that holds 300 cubic inches?",
            "Which of my friends complained about what petrol costs, and who agreed with them?",
            "Is 500 a fair price for two vet visits in July, and where would it be cheaper?",
        ),
    ),
    "arrival": Recurring(
        (
            "My plane leaves Oslo at 7:40 and the flight takes 11 hours: what time is it in Bangkok when I land?",
            (
                "If I take off from Lima at 22:15 and fly for six and a half hours, what is the local time "
                "in Chicago then?"
            ),
            "We depart from Dublin at noon and are 8 hours in the air. What will the clocks in Denver say on arrival?",
            "Leaving Seoul at 13:05, nine hours of flying: when do I get to Helsinki by the time there?",
        ),
        (
            "What did I tell you about my time in Bangkok, and why did I leave after 11 days?",
            "How long before the flight from Lima do I have to be at the airport, and what may I carry on?",
        ),
    ),
    "loan": Recurring(
        (
            "I borrow 9,000 at 4.5 percent over 3 years. What are the monthly payments, and the interest in all?",
            "What would I pay each month for a loan of 24,000 at 6 % over 60 months, and how much of it is interest?",
            (
                "A credit of 3,500, 7 percent a year, 18 months: how much is it per month and how much "
                "interest in the end?"
            ),
            "Work out the monthly rate and the whole interest for 150,000 at 3.2 % over twenty years.",
        ),
        (
            "Who of us was it that wanted to borrow 9,000, and what did I say to that 3 years ago?",
            "How much of a bottle of 750 ml with 12 percent is alcohol, and how many glasses is it per person?",
            "What interests of mine did I mention over the last 18 months, and how much of that is left?",
        ),
    ),
    "packing": Recurring(
        (
            (
                "I'm off to Iceland for 6 days in October with hand luggage only. What should I pack, with "
                "what I forgot last time?"
            ),
            "Make a packing list for four nights in Marrakesh in April, and mind what I missed on my last trip.",
            "What do I need to pack for a week in the Dolomites in January? Think of what I left at home before.",
            "Ten days on Crete in June: what goes into the suitcase, going by what I lacked the last time?",
        ),
        (
            "Who was with me on my last trip to Iceland in October, and what did they tell me on the way?",
            "How cold does it get in the Dolomites in January, and what time does the sun set there?",
        ),
    ),
    "Streit": Recurring(
        (
            "Wann habe ich mich mit Jonas gestritten, worum ging es, und haben wir uns wieder vertragen?",
            "Worüber hatte ich im Frühjahr Streit mit meiner Schwester, und wie ging er aus?",
            "Wann gab es Krach mit dem Nachbarn, weshalb, und ist das wieder in Ordnung?",
            "Um was ging es bei dem Zank mit Carla im August, und sind wir wieder gut miteinander?",
        ),
        (
            "Wann haben Jonas und ich wieder Zeit, und worum kümmern wir uns dann zuerst?",
            "Was kostet es im Schnitt, wenn man sich mit dem Nachbarn vor Gericht streitet?",
            "Wie schreibe ich meiner Schwester, dass ich im August wieder in Ordnung bin?",
        ),
    ),
    "plan de estudio": Recurring(
        (
            "Hazme un plan de estudio para el examen de química del 12 de junio con dos horas al día.",
            "Necesito un horario para preparar la prueba de inglés del 3 de mayo, tengo tres tardes por semana.",
            "Organízame el repaso de historia hasta el 20 de enero, puedo una hora cada mañana.",
            "¿Cómo reparto el temario de anatomía si el examen es el 9 de febrero y estudio solo los fines de semana?",
        ),
        (
            "¿Cuándo te conté que suspendí el examen de química, y cómo estaba yo ese día?",
            "¿Qué opinaba mi profesora de inglés de mí en mayo y qué le contesté?",
        ),
    ),
    "regalos": Recurring(
        (
            "¿Qué le he regalado a mi abuela en los últimos años y qué le gustó más?",
            "¿Qué regalos le hice a Martín hasta ahora y con cuál se alegró más?",
            "De todo lo que le di a mi vecina por su cumpleaños, ¿qué fue lo que más le gustó?",
            "Dime qué cosas le regalé a mi jefe en Navidad y cuál le hizo más ilusión.",
        ),
        (
            "¿Cuántos años tiene mi abuela más que Martín, y cuándo cumplen los dos la misma edad?",
            "¿Qué le digo a mi jefe en Navidad si no me gustó lo que me dijo?",
        ),
    ),
}  # fmt: skip

HELD_BACK = {
    "promises": Recurring(
        (
            "Which promises did I make to Rosa in April, and which of them have I kept?",
            "What did I promise my landlord this summer, and did I do it?",
            "List what I said I would do for Theo last month and whether I did.",
            "Did I do all that I told you I'd do for the choir in September?",
        ),
        (
            "Which songs could the choir sing in September, and how long would they take together?",
            "Is my landlord allowed to raise the rent twice in one summer?",
        ),
    ),
    "who else was there": Recurring(
        (
            "Who else was there when I met Ines at the market, and what did each of them say?",
            "When I had dinner with Marco, who was with us and what did they talk about?",
            "Which people came along to the waterfall with me, and what did every one of them say?",
            "Who joined me on the evening at the planetarium, and what did each of them tell me?",
        ),
        (
            "What else can one do at the market in this town on a Sunday with two children?",
            "How far is each of the planets from the sun, as they say in the planetarium?",
            "When should I leave to be at dinner with Marco at 8 if it is 25 km by bike?",
        ),
    ),
    "two accounts": Recurring(
        (
            "I told you in May how Kai lost his job and again in June: do the two stories fit together?",
            "Does what I said about the accident on Monday agree with what I said on Friday?",
            "Did I tell the story of the broken vase the same way both times?",
            "Is there anything that doesn't add up between my first and my second account of the burglary?",
        ),
        (
            "How do I best tell Kai that the two of us do not fit together at work any more?",
            "Which insurance pays for a broken vase, and how do I report it by Friday?",
            "How many days lie between the accident on the 3rd of May and the 20th of June?",
        ),
    ),
    "choose by taste": Recurring(
        (
            "Out of what I've told you about films I loved, which of Stalker, Heat or Amelie should I watch tonight?",
            "Going by the books I said I enjoyed, would I rather like Dune or Middlemarch?",
            "Which of these restaurants suits what I told you about my taste: Bento House, La Vega or Gusto?",
            "Knowing which games I liked, should I get Catan or Azul?",
        ),
        (
            "Who wrote Middlemarch, and in which year did the first of the books come out?",
            "How many people can play Catan, and how long does it take them?",
            "Did I go to La Vega or to Gusto on the evening that I told you about, and with whom?",
        ),
    ),
    "day of the week": Recurring(
        (
            "On which days of the week do I mostly go jogging, from what I told you, and at what hour?",
            "What weekday do I usually see my physiotherapist according to what I said, and at what time?",
            "When in the week do I tend to call my grandmother, going by our chats, and is it morning or evening?",
            "Which days do I normally work late, from what I have mentioned, and until when?",
        ),
        (
            "How many hours of jogging a week does it take to burn 2,000 calories?",
            "What day of the week was the 14th of July 1989?",
            "What should I say to my physiotherapist about my knee, after what I told you?",
        ),
    ),
    "Wandfarbe": Recurring(
        (
            (
                "Das Zimmer ist 4,2 mal 3,6 Meter und 2,5 hoch: wie viele Liter Farbe brauche ich bei 7 "
                "Quadratmetern je Liter?"
            ),
            (
                "Wie viel Farbe muss ich für einen Flur von 6 mal 1,8 Metern kaufen, 2,7 hoch, wenn ein "
                "Liter für 8 reicht?"
            ),
            (
                "Ich streiche eine Küche, 3 mal 3 Meter, Höhe 2,4. Ein Liter deckt 6 Quadratmeter. Wie "
                "viele Liter sind das?"
            ),
            "Für ein Bad von 2 mal 2,8 Metern und 2,3 Metern Höhe: was brauche ich an Farbe, 9 Quadratmeter pro Liter?",
        ),
        (
            "Wie viele Liter Wasser soll ich trinken, wenn ich 7 Kilometer laufe und 80 Kilo wiege?",
            "Welche Farbe wollte ich für das Zimmer haben, und wann habe ich dir davon erzählt?",
        ),
    ),
    "Trainingsplan": Recurring(
        (
            "Stell mir einen Trainingsplan für einen Halbmarathon in 10 Wochen zusammen, ich kann dreimal die Woche.",
            (
                "Ich will in acht Wochen 50 Kilometer Rad fahren und habe zwei Abende pro Woche. Mach mir "
                "einen Plan dafür."
            ),
            (
                "Wie sollte ich bis zum 1. Juli trainieren, um zwei Kilometer zu schwimmen, mit vier "
                "Einheiten in der Woche?"
            ),
            "Plane mein Training für den Triathlon im September: ich habe jeden zweiten Tag eine Stunde.",
        ),
        (
            "Wie oft war ich im September beim Schwimmen, und wie weit bin ich dabei zusammen gekommen?",
            "Wer wollte mit mir den Halbmarathon laufen, und weshalb wurde nichts daraus?",
        ),
    ),
    "qué opinó cada uno": Recurring(
        (
            "¿Qué me contó Lucía en marzo sobre su viaje y qué opinó Andrés de eso?",
            "¿Qué dijo mi prima de la mudanza y qué pensaba mi tío al respecto?",
            "Cuéntame lo que te dije que Raúl decía del nuevo horario y cómo lo veía Marta.",
            "¿Qué opinión tenía Elena de la reforma, y qué le respondió Javier, según lo que te conté?",
        ),
        (
            "¿Cuánto cuesta un viaje de dos semanas en marzo para Lucía, Andrés y otras tres personas?",
            "¿Cómo le digo a mi tío que no puedo ayudarle con la mudanza?",
        ),
    ),
}  # fmt: skip

SAME_WORDS = {
    "advice received": Recurring(
        (
            "What did Petra advise me to do about the leaking roof, and did I follow it?",
            "What did my uncle advise me to do about the parking fine, and did I follow it?",
            "What did Samira advise me to do about my sleepless nights, and did I follow it?",
        ),
        ("What should I do about the leaking roof before Petra comes?",),
    ),
    "how long ago": Recurring(
        (
            "How long is it since I stopped smoking, and how often have I slipped since then?",
            "How long is it since I sold the motorbike, and how often have I missed it since then?",
            "How long is it since I gave up sugar, and how often have I cheated since then?",
        ),
        ("How long does smoking stay in the blood, and how often is it tested for?",),
    ),
    "fuel": Recurring(
        (
            "How much petrol do I need for 640 km at 6.2 litres per 100 km, and what does it cost at 1.79 a litre?",
            "How much petrol do I need for 1,150 km at 7.5 litres per 100 km, and what does it cost at 1.65 a litre?",
            "How much petrol do I need for 90 km at 4.8 litres per 100 km, and what does it cost at 1.92 a litre?",
        ),
        ("What did I say about the price of petrol when it was 1.79 a litre?",),
    ),
    "evening plan": Recurring(
        (
            "Plan an evening for six guests with a menu without nuts for under 90 euros.",
            "Plan an evening for eleven guests with a menu without fish for under 200 euros.",
            "Plan an evening for four guests with a menu without gluten for under 60 euros.",
        ),
        ("Which of the six guests told me that nuts make them ill, and on which evening?",),
    ),
    "opinion then and now": Recurring(
        (
            "What did I think of my new flatmate in January, and what do I think of her now?",
            "What did I think of electric cars last year, and what do I think of them now?",
            "What did I think of the book club at first, and what do I think of it now?",
        ),
        ("What does my new flatmate think of me, and who told me so?",),
    ),
    "people of a place": Recurring(
        (
            "Name everyone I told you I know in Hamburg and how I met each of them.",
            "Name everyone I told you I know at the climbing gym and how I met each of them.",
            "Name everyone I told you I know from school and how I met each of them.",
        ),
        ("Name three sights in Hamburg that everyone should see once.",),
    ),
    "open matters": Recurring(
        (
            "What is still open with the insurance after all I told you about the claim?",
            "What is still open with the builder after all I told you about the kitchen?",
            "What is still open with my lawyer after all I told you about the contract?",
        ),
        ("What is an open claim in insurance, and after how long does it lapse?",),
    ),
    "Entfernung und Zeit": Recurring(
        (
            "Wie lange brauche ich mit dem Rad für 42 Kilometer bei 18 km/h, mit zwei Pausen von 15 Minuten?",
            "Wie lange brauche ich mit dem Boot für 12 Kilometer bei 7 km/h, mit drei Pausen von 10 Minuten?",
            "Wie lange brauche ich mit dem Auto für 510 Kilometer bei 95 km/h, mit einer Pause von 40 Minuten?",
        ),
        ("Wann habe ich dir von der Tour mit dem Rad erzählt, und mit wem war ich da?",),
    ),
    "was gefiel": Recurring(
        (
            "Was habe ich über das Konzert am Freitag gesagt, und was hat Nele dazu gemeint?",
            "Was habe ich über den Ausflug im Mai gesagt, und was hat mein Vater dazu gemeint?",
            "Was habe ich über die neue Wohnung gesagt, und was hat Tobias dazu gemeint?",
        ),
        ("Wann fängt das Konzert am Freitag an, und was kostet der Eintritt?",),
    ),
    "cuántas veces": Recurring(
        (
            "¿Cuántas veces te hablé de Sofía en abril y cómo me sentía cada vez?",
            "¿Cuántas veces te hablé de mi suegra en verano y cómo me sentía cada vez?",
            "¿Cuántas veces te hablé del dentista en octubre y cómo me sentía cada vez?",
        ),
        ("¿Cuántos años tiene Sofía y cuántas veces ha cambiado de casa?",),
    ),
    "qué falta": Recurring(
        (
            "¿Qué me falta por hacer para la boda de Inés según lo que te conté, y para cuándo?",
            "¿Qué me falta por hacer para la mudanza según lo que te conté, y para cuándo?",
            "¿Qué me falta por hacer para el viaje a Perú según lo que te conté, y para cuándo?",
        ),
        ("¿Quién me dijo que faltaría a la boda de Inés y por qué?",),
    ),
    "qui a dit": Recurring(
        (
            "Qu'est-ce que je t'ai dit de Camille en mars, et qu'est-ce qui a changé depuis ?",
            "Qu'est-ce que je t'ai dit de mon voisin en juin, et qu'est-ce qui a changé depuis ?",
            "Qu'est-ce que je t'ai dit de la chorale en automne, et qu'est-ce qui a changé depuis ?",
        ),
        ("Qu'est-ce que Camille doit apporter en mars, et à quelle heure ?",),
    ),
}  # fmt: skip
