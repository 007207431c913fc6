"""What people call each other without a name: sister, boss, dog. Plain tables; a new word is one more entry."""


def word_set(text: str) -> frozenset[str]:
    """Return the words of `text`."""
    return frozenset(text.split())


_SAME_ROLE = {
    "mother": "mom mum mommy mummy mama mamá mami madre",
    "father": "dad daddy papa papá papi padre",
    "parent": "",
    "sister": "sis hermana",
    "brother": "bro hermano",
    "sibling": "",
    "twin": "gemelo gemela mellizo melliza",
    "son": "hijo",
    "daughter": "hija",
    "child": "kid",
    "grandmother": "grandma granny nana gran abuela abuelita",
    "grandfather": "grandpa grandad granddad abuelo abuelito",
    "grandson": "nieto",
    "granddaughter": "nieta",
    "aunt": "auntie aunty tía",
    "uncle": "tío",
    "cousin": "primo prima",
    "niece": "sobrina",
    "nephew": "sobrino",
    "wife": "esposa mujer",
    "husband": "hubby esposo marido",
    "spouse": "cónyuge",
    "partner": "pareja significant_other",
    "girlfriend": "novia gf",
    "boyfriend": "novio bf",
    "fiance": "fiancé fiancée fiancee prometido prometida",
    "stepmother": "stepmom stepmum madrastra",
    "stepfather": "stepdad padrastro",
    "stepsister": "hermanastra",
    "stepbrother": "hermanastro",
    "mother_in_law": "suegra",
    "father_in_law": "suegro",
    "sister_in_law": "cuñada",
    "brother_in_law": "cuñado",
    "friend": "amigo amiga pal buddy mate",
    "best_friend": "bestie mejor_amigo mejor_amiga",
    "boss": "jefe jefa",
    "manager": "",
    "colleague": "coworker co_worker workmate compañero_de_trabajo compañera_de_trabajo colega",
    "classmate": "compañero_de_clase compañera_de_clase",
    "roommate": "flatmate housemate compañero_de_piso compañera_de_piso",
    "neighbor": "neighbour vecino vecina",
    "teacher": "profesor profesora maestro maestra",
    "doctor": "médico",
    "therapist": "terapeuta",
    "landlord": "landlady casero casera",
    "godmother": "madrina",
    "godfather": "padrino",
    "ex": "ex_wife ex_husband ex_girlfriend ex_boyfriend ex_partner",
    "pet": "mascota",
    "dog": "doggy puppy perro perra",
    "cat": "kitty kitten gato gata",
    "horse": "caballo yegua",
    "rabbit": "bunny conejo coneja",
    "hamster": "hámster",
    "parrot": "loro",
    "bird": "pájaro",
    "turtle": "tortoise tortuga",
    "snake": "",
    "lizard": "",
    "guinea_pig": "cobaya",
}

SYMMETRIC = word_set(
    "sibling twin cousin spouse partner fiance friend best_friend colleague classmate roommate neighbor ex"
)
"""Roles that hold both ways: a friend of mine has me for a friend."""

ONE_AT_A_TIME = word_set("mother father wife husband spouse partner girlfriend boyfriend fiance boss manager")
"""Roles that one person fills at a time: whoever is named last in one fills it from then on."""

PARTNERS = word_set("wife husband spouse partner girlfriend boyfriend fiance")

ANIMALS = word_set("pet dog cat horse rabbit hamster parrot bird turtle snake lizard guinea_pig")

CLOSE = word_set("mother father parent sister brother sibling twin son daughter child best_friend") | PARTNERS
"""Whom a person thinks of first."""

_KIN = (
    "mother father sister brother son daughter grandmother grandfather grandson granddaughter aunt uncle cousin niece "
    "nephew wife husband stepmother stepfather stepsister stepbrother mother_in_law father_in_law sister_in_law "
    "brother_in_law"
)
EXCLUSIVE = (word_set(_KIN) | ANIMALS) - {"pet"}
"""Nobody is two of these to the same person: a sister and a daughter of one name are two people."""

ROLES = {variant: role for role, variants in _SAME_ROLE.items() for variant in (role, *variants.split())}
"""Word (lower case, words joined by _) -> role."""
