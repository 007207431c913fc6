"""The words for what is said about somebody. Plain tables, folded by `predicates`; a new word is one more entry.

Every name is snake case without articles.
"""

from src_v2.knowledge.roles import word_set

SAME_AS = {
    "is_named": "name named full_name first_name real_name is_called called has_name name_is se_llama me_llamo nombre",
    "also_known_as": "aka is_also_known_as alias nickname nicknamed also_called is_also_called known_as is_known_as "
    "goes_by has_nickname also_named apodo le_dicen",
    "age": "is_aged has_age age_is aged years_old is_years_old is_age tiene_edad edad",
    "birthday": "birth_date birthdate date_of_birth born_on was_born_on is_born_on has_birthday birthday_is "
    "has_birthday_on birthday_on cumpleaños cumple_años_el",
    "pronouns": "has_pronouns uses_pronouns pronouns_are",
    "gender": "has_gender gender_is",
    "nationality": "has_nationality citizen_of is_citizen_of citizenship nacionalidad",
    "timezone": "time_zone in_timezone is_in_timezone has_timezone has_time_zone",
    "lives_in": "live_in living_in is_living_in resides_in residing_in is_residing_in moved_to has_moved_to moves_to "
    "relocated_to settled_in based_in is_based_in home_is home_city current_city residence has_home_in lives_at "
    "lives_on lives vive_en vivo_en se_mudó_a reside_en",
    "is_from": "from comes_from originates_from originally_from is_originally_from hometown hometown_is has_hometown "
    "grew_up_in raised_in es_de viene_de",
    "born_in": "was_born_in is_born_in birthplace place_of_birth has_birthplace nació_en",
    "located_in": "is_located_in is_in lies_in está_en",
    "works_as": "work_as working_as is_working_as occupation profession job has_job job_is job_title has_job_as "
    "has_occupation has_profession employed_as is_employed_as works_professionally_as trabaja_como trabaja_de "
    "profession_is occupation_is",
    "works_at": "work_at working_at is_working_at works_for working_for is_working_for works_in working_in "
    "is_working_in employer employer_is has_employer employed_by is_employed_by employed_at is_employed_at workplace "
    "workplace_is job_at has_job_at trabaja_en trabaja_para",
    "studies": "studying is_studying majors_in is_majoring_in major estudia",
    "studies_at": "studying_at is_studying_at attends goes_to_school_at school university enrolled_at is_enrolled_at "
    "estudia_en",
    "diet": "has_diet follows_diet diet_is is_on_diet",
    "has": "have owns own possesses has_got haves keeps tiene posee",
    "has_pet": "owns_pet keeps_pet",
    "likes": "like enjoys enjoy likes_to enjoys_doing is_fond_of fond_of is_into is_fan_of fan_of is_big_fan_of "
    "is_keen_on keen_on likes_doing is_interested_in interested_in le_gusta le_gustan gusta",
    "loves": "love adores adore loves_to is_crazy_about crazy_about is_passionate_about passionate_about le_encanta "
    "le_encantan ama",
    "dislikes": "dislike is_not_fond_of is_no_fan_of is_not_fan_of not_fan_of no_le_gusta no_le_gustan",
    "hates": "hate detests loathes despises cannot_stand cant_stand can_not_stand cannot_bear odia detesta",
    "fears": "is_afraid_of afraid_of is_scared_of scared_of is_terrified_of terrified_of has_fear_of has_phobia_of "
    "teme tiene_miedo_a tiene_miedo_de",
    "allergic_to": "is_allergic_to has_allergy has_allergy_to allergy allergies has_allergies has_allergies_to "
    "es_alérgico_a es_alérgica_a alérgico_a alérgica_a tiene_alergia_a",
    "speaks": "speaks_language speak language languages habla",
    "married_to": "is_married_to married wed_to has_spouse spouse casado_con casada_con está_casado_con "
    "está_casada_con",
    "engaged_to": "is_engaged_to engaged",
    "dating": "is_dating dates going_out_with is_going_out_with seeing is_seeing together_with is_together_with "
    "in_relationship_with is_in_relationship_with sale_con",
    "sibling_of": "has_sibling has_siblings siblings_with",
    "parent_of": "has_child has_children has_kids",
    "child_of": "has_parent has_parents",
    "has_friend": "friends_with is_friends_with befriended is_friend",
    "has_colleague": "works_with",
    "has_roommate": "lives_with shares_flat_with",
    "relationship_status": "marital_status has_relationship_status",
    "plans_to": "plan_to is_planning_to planning_to intends_to is_going_to going_to",
    "wants": "want wishes_for would_like wants_to quiere",
    "plays": "play playing is_playing juega",
    "practises": "practices",
}
"""Canonical predicate -> other words for it."""

PAST_OF = {
    "lives_in": "lived_in resided_in moved_from moved_away_from moved_out_of left_city vivía_en vivió_en",
    "works_as": "worked_as trabajaba_como",
    "works_at": "worked_at worked_for worked_in quit_job_at left_job_at was_fired_from retired_from resigned_from "
    "got_fired_from was_laid_off_from trabajaba_en",
    "studies": "studied majored_in graduated_in",
    "studies_at": "studied_at attended graduated_from",
    "has": "had owned sold gave_away tenía",
    "likes": "liked enjoyed le_gustaba",
    "loves": "loved adored",
    "dislikes": "disliked",
    "hates": "hated",
    "married_to": "divorced_from is_divorced_from separated_from is_separated_from divorced",
    "engaged_to": "broke_engagement_with",
    "dating": "broke_up_with dated split_up_with split_from",
    "plays": "played",
    "allergic_to": "outgrew_allergy_to",
    "speaks": "spoke",
}
"""Canonical predicate -> words that say that it is over."""

SINGLE = word_set(
    "is_named age birthday pronouns gender nationality timezone lives_in is_from born_in located_in works_as works_at "
    "studies_at diet relationship_status native_language height weight eye_colour hair_colour shoe_size "
    "phone_number email_address zodiac_sign blood_type religion married_to engaged_to dating"
)
"""What one subject has one of at a time."""

SINGLE_PREFIXES = ("favourite_", "least_favourite_", "number_of_")

IDENTITY = (
    "is_named", "pronouns", "age", "birthday", "lives_in", "is_from", "works_as", "works_at", "studies", "studies_at",
    "allergic_to", "diet", "speaks", "timezone",
)  # fmt: skip
"""What one should not have forgotten about somebody, most telling first."""

SYMMETRIC = word_set("married_to engaged_to dating sibling_of")
INVERSE = {"parent_of": "child_of", "child_of": "parent_of"}

TOPICS = {
    "likes": ("taste", True),
    "loves": ("taste", True),
    "dislikes": ("taste", False),
    "hates": ("taste", False),
    "married_to": ("partner", True),
    "engaged_to": ("partner", True),
    "dating": ("partner", True),
}
"""Predicate -> (what it competes about, whether it says yes). Others compete with themselves and their own denial."""

STRENGTH = {
    "dating": 1, "has_girlfriend": 1, "has_boyfriend": 1, "has_partner": 1,
    "engaged_to": 2, "has_fiance": 2,
    "married_to": 3, "has_wife": 3, "has_husband": 3,
}  # fmt: skip
"""How much is said where a word implies another: who is married is not shown to be only dating by a later "partner"."""

OPPOSITES = {"likes": "dislikes", "loves": "dislikes"}
"""What a denial amounts to, where there is a word for it."""

OVER = ("no_longer", "not_any_more", "used_to", "formerly", "previously", "former", "stopped", "quit", "gave_up",
        "ya_no", "antes")  # fmt: skip
MAYBE_OVER = ("was", "were", "once")
"""Words in front that end the rest when that is a known predicate: "was married to", but not "was promoted to"."""
BEING_DENIED = ("is_not", "isnt", "are_not", "arent", "am_not", "was_not", "wasnt", "no_es", "no_está")
DOING_DENIED = ("does_not", "doesnt", "do_not", "dont", "did_not", "didnt", "has_not", "hasnt", "cannot", "can_not",
                "cant", "will_not", "wont", "never", "not", "nunca")  # fmt: skip
"""Words in front that deny the rest; of those that fit the longest is taken."""

DENIED = {"has_no": "has", "without": "has", "lacks": "has", "no_tiene": "has", "is_free_of": "has"}
IRREGULAR = {"has": "have"}
