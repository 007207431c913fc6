"""Every table, as SQLAlchemy Core. The source of truth for what was said; queries live in the slices' stores.

A change here needs a migration in `migrations_v2`: a test compares the two.
"""

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, PrimaryKeyConstraint, Table, Text

from src_v2.storage.types_sql import UtcDateTime

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

users = Table(
    "v2_users",
    METADATA,
    Column("id", Text, primary_key=True),  # "<platform>:<platform's id>"
    Column("display_name", Text, nullable=False),
    Column("timezone", Text),  # an IANA name, when the user told us
    Column("created_at", UtcDateTime, nullable=False),
    Column("noticed_at", UtcDateTime),  # when they were told what is kept; null until they were
)

switches = Table(
    "v2_switches",
    METADATA,
    # What a person decided about their data; no row: nothing, and the defaults hold.
    Column("user_id", Text, primary_key=True),
    Column("remember", Boolean, nullable=False),
    Column("servers", Boolean, nullable=False),
    Column("share", Boolean, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

retention = Table(
    "v2_retention",
    METADATA,
    # How long a server wants what is said in it to be kept; no row: as the character and the settings say.
    Column("guild_id", Text, primary_key=True),
    Column("policy", Text, nullable=False),  # "everything", "summaries", or a number of days
    Column("changed_at", UtcDateTime, nullable=False),
)

sessions = Table(
    "v2_sessions",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
)

turns = Table(
    "v2_turns",
    METADATA,
    Column("id", Text, primary_key=True),  # a turn is stored when it ends; messages that name no stored one wait
    Column("session_id", Text, nullable=False),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("channel_id", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("status", Text, nullable=False),  # answered, failed or stopped
    Column("error", Text),
    Column("complexity", Text),  # how hard it was thought about, null for what was never routed
    Column("route_confidence", Float),
    Column("route_reasons", Text),  # a JSON list of names of rules
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime, nullable=False),
    Index(None, "user_id", "started_at"),
)

messages = Table(
    "v2_messages",
    METADATA,
    Column("id", Text, primary_key=True),  # also the id of its vector
    Column("turn_id", Text),
    Column("session_id", Text),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),  # whom the exchange is with
    Column("speaker_id", Text, nullable=False),  # who spoke: that user, or "character:<name>"
    Column("speaker_name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("guild_id", Text),
    Column("channel_id", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("edited_at", UtcDateTime),
    Column("indexed_in", Text),  # the vector collection that holds it; null until it does
    Column("learned_in", Text),  # the summary of the stretch that it was read back in; null until it was
    Index(None, "character", "channel_id", "created_at"),
    Index(None, "character", "user_id", "created_at"),
    Index(None, "user_id", "created_at"),
    Index(None, "indexed_in"),
    Index(None, "learned_in", "session_id"),
    Index(None, "created_at"),
    Index(None, "turn_id"),
)

message_refs = Table(
    "v2_message_refs",
    METADATA,
    # A long reply is several messages on Discord, so one stored message may have several platform ids.
    Column("character", Text, nullable=False),
    Column("platform_message_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    PrimaryKeyConstraint("character", "platform_message_id"),
    Index(None, "message_id"),
)

reactions = Table(
    "v2_reactions",
    METADATA,
    # What those whom a reply answered think of it. What others think is not kept.
    Column("character", Text, nullable=False),
    Column("message_id", Text, nullable=False),  # the reply
    Column("user_id", Text, nullable=False),
    Column("emoji", Text, nullable=False),  # without skin tone; a server's own as ":name:"
    Column("value", Float, nullable=False),  # -1 (disliked) to 1 (liked), never 0
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),  # when the reply last served the character as an example
    PrimaryKeyConstraint("message_id", "user_id", "emoji"),
    Index(None, "user_id", "character"),
)

relationships = Table(
    "v2_relationships",
    METADATA,
    # How a character stands to a person, as all changes so far have made it; no row: they never talked.
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("trust", Integer, nullable=False),  # -100..100
    Column("moved", Integer, nullable=False),  # what the last change did to it
    Column("steps", Integer, nullable=False),  # how many changes there were
    Column("turns", Integer, nullable=False),  # how often they talked
    Column("since", UtcDateTime, nullable=False),
    Column("talked_at", UtcDateTime),
    PrimaryKeyConstraint("character", "user_id"),
    Index(None, "user_id"),
)

trust_changes = Table(
    "v2_trust_changes",
    METADATA,
    # An occasion on which trust changes. It is asked for here, and counts once it is settled.
    Column("id", Text, primary_key=True),  # names the occasion: "turn:<turn>", "reaction:<reply>"
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # turn, reaction or trigger
    Column("amount", Integer, nullable=False),  # what was asked for
    Column("applied", Integer, nullable=False),  # what it has changed so far, less at the ends of the scale
    Column("settled", Boolean, nullable=False),
    Column("step", Integer),  # its number among the changes of this relationship
    Column("reached", Integer),  # trust after it
    Column("note", Text, nullable=False),  # what it was, in the words of the character's file
    Column("source_message_id", Text, nullable=False),  # what it follows from; for a reaction the reply
    Column("day", Text, nullable=False),  # the ISO date whose limit it counts into; empty for none
    Column("happened_at", UtcDateTime, nullable=False),
    Index(None, "user_id", "character", "happened_at"),
    Index(None, "source_message_id"),
    Index(None, "settled", "happened_at"),
)

feelings = Table(
    "v2_feelings",
    METADATA,
    # How the author of a message seems to feel; kept for as long as it can matter to a mood.
    Column("message_id", Text, primary_key=True),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("value", Float, nullable=False),  # -2 (very bad) to 2 (very good), never 0
    Column("said_at", UtcDateTime, nullable=False),
    Index(None, "user_id", "character", "said_at"),
    Index(None, "said_at"),
)

mentions = Table(
    "v2_mentions",
    METADATA,
    # What a character says to a person once: it waits until said_at is there.
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("id", Text, nullable=False),  # names the occasion: "milestone:<level>", "epiphany:<id>"
    Column("due_at", UtcDateTime, nullable=False),
    Column("said_at", UtcDateTime),
    PrimaryKeyConstraint("character", "user_id", "id"),
    Index(None, "user_id"),
)

llm_calls = Table(
    "v2_llm_calls",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("turn_id", Text),
    Column("character", Text, nullable=False),
    Column("user_id", Text),
    Column("guild_id", Text),
    Column("purpose", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("prompt_tokens", Integer, nullable=False),
    Column("cached_tokens", Integer, nullable=False),
    Column("completion_tokens", Integer, nullable=False),
    Column("reasoning_tokens", Integer, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Column("first_token_ms", Float),
    Column("total_ms", Float, nullable=False),
    Column("status", Text, nullable=False),
    Column("error", Text),
    Column("attempt", Integer, nullable=False),
    Column("escalated_from", Text),  # the model, as provider:model, whose answer was of no use
    Column("cost_usd", Float),  # null when the price is not known, which is not zero
    Column("priced_on", Text),  # ISO date of the price list
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "created_at"),
    Index(None, "user_id", "created_at"),
    Index(None, "guild_id", "created_at"),
)

model_overrides = Table(
    "v2_model_overrides",
    METADATA,
    # A model that an owner chose for a role of a character, for some hours; no row: as the settings say.
    Column("character", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("model", Text, nullable=False),  # provider:model
    Column("expires_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("character", "role"),
)

facts = Table(
    "v2_facts",
    METADATA,
    # What somebody said to be true, once said never changed: what holds now follows from all that were said.
    Column("id", Text, primary_key=True),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),  # whom the exchange was with
    Column("speaker_id", Text, nullable=False),  # who said it
    Column("guild_id", Text),
    Column("channel_id", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("subject", Text, nullable=False),  # "user", or whom or what else it is about
    Column("subject_kind", Text, nullable=False),
    Column("predicate", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("object_kind", Text, nullable=False),
    Column("stance", Text, nullable=False),  # stated or retracted
    Column("confidence", Float, nullable=False),
    Column("source_message_id", Text, nullable=False),
    Column("learned_in", Text),  # the summary it came with; null for what was understood at once
    Column("said_at", UtcDateTime, nullable=False),
    Column("valid_from", Text),  # ISO date as exact as it was said: 2026, 2026-05 or 2026-05-17
    Column("valid_until", Text),
    Column("indexed_in", Text),
    Column("graphed_in", Text),  # the graph's layout that holds it; null until it does
    Index(None, "character", "user_id", "said_at"),
    Index(None, "source_message_id"),
    Index(None, "learned_in"),
    Index(None, "indexed_in"),
    Index(None, "graphed_in"),
)

preferences = Table(
    "v2_preferences",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("speaker_id", Text, nullable=False),
    Column("guild_id", Text),
    Column("channel_id", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("name", Text, nullable=False),  # length, tone, nickname, avoid or language
    Column("value", Text, nullable=False),
    Column("stance", Text, nullable=False),  # stated or retracted
    Column("source_message_id", Text, nullable=False),
    Column("learned_in", Text),
    Column("said_at", UtcDateTime, nullable=False),
    Index(None, "character", "user_id", "said_at"),
    Index(None, "source_message_id"),
    Index(None, "learned_in"),
)

summaries = Table(
    "v2_summaries",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, nullable=False),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("guild_id", Text),
    Column("channel_id", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("topics", Text, nullable=False),  # a JSON list of words
    Column("emotions", Text, nullable=False),  # a JSON list of words
    Column("importance", Integer, nullable=False),  # 1 (small talk) to 5 (changes a life)
    Column("started_at", UtcDateTime, nullable=False),  # of its first message
    Column("ended_at", UtcDateTime, nullable=False),  # of its last message
    Column("created_at", UtcDateTime, nullable=False),
    Column("indexed_in", Text),
    Index(None, "character", "user_id", "ended_at"),
    Index(None, "session_id"),
    Index(None, "indexed_in"),
    Index(None, "created_at"),
)

traces = Table(
    "v2_traces",
    METADATA,
    # How a question that took several steps was answered; goes with any message of its turn.
    Column("id", Text, primary_key=True),
    Column("turn_id", Text, nullable=False),
    Column("source_message_id", Text, nullable=False),  # the message that asked
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("guild_id", Text),
    Column("channel_id", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("steps", Text, nullable=False),  # a JSON list: thought, and calls with tool, arguments, outcome, gave
    Column("answer", Text, nullable=False),
    Column("model_calls", Integer, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("quality", Float, nullable=False),  # 0..1
    Column("complexity", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("indexed_in", Text),
    Index(None, "user_id", "character", "created_at"),
    Index(None, "source_message_id"),
    Index(None, "turn_id"),
    Index(None, "indexed_in"),
)

goals = Table(
    "v2_goals",
    METADATA,
    # What somebody said or did about a goal, never changed: how it stands follows from all that happened to it.
    Column("id", Text, primary_key=True),
    Column("goal", Text, nullable=False),  # the same for all that is about one goal; "own:<slug>" of the character's
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("guild_id", Text),
    Column("channel_id", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("what", Text, nullable=False),  # stated, inferred, moved, reached or dropped
    Column("description", Text, nullable=False),  # in the person's words; empty unless stated or inferred
    Column("criteria", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("progress", Float, nullable=False),  # 0..1
    Column("source_message_id", Text),  # null for what was said through a command
    Column("learned_in", Text),  # the stretch that it was found in; null for what was understood at once
    Column("said_at", UtcDateTime, nullable=False),
    Index(None, "user_id", "character", "said_at"),
    Index(None, "user_id", "character", "goal"),  # what was closed is looked for by it
    Index(None, "source_message_id"),
    Index(None, "learned_in"),
)

reflections = Table(
    "v2_reflections",
    METADATA,
    # A stretch of conversation that was reflected on, once; goes when the stretch is read back again.
    Column("id", Text, primary_key=True),  # the stretch: that of its summary
    Column("session_id", Text, nullable=False),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("guild_id", Text),
    Column("channel_id", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("triggers", Text, nullable=False),  # a JSON list: slug, change, note, message, at
    Column("ended_at", UtcDateTime, nullable=False),  # of the stretch
    Column("counted_at", UtcDateTime),  # when the triggers counted into the trust; null until they did
    Index(None, "user_id", "character", "ended_at"),
)

reminders = Table(
    "v2_reminders",
    METADATA,
    # What somebody asked a character to remind them of, and how far that has come. Recurring ones are one row.
    Column("id", Text, primary_key=True),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("guild_id", Text),
    Column("channel_id", Text, nullable=False),  # where it is said
    Column("visibility", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("source_message_id", Text),  # the message that asked; null for what a command asked
    Column("what", Text, nullable=False),  # in the person's own words
    Column("language", Text, nullable=False),  # of those words, as far as it is known
    Column("rule", Text),  # RFC 5545, DTSTART and RRULE; null for once
    Column("timezone", Text, nullable=False),  # an IANA name: whose clock it is counted on
    Column("guessed_zone", Boolean, nullable=False),  # whether that is the character's, for want of theirs
    Column("due_at", UtcDateTime, nullable=False),  # its next time
    Column("status", Text, nullable=False),  # planned, saying, said or undelivered
    Column("outgoing_id", Text),  # of the message that says it, decided before it is sent
    Column("text", Text),  # of that message
    Column("said_at", UtcDateTime),
    Column("missed", Integer, nullable=False),  # times that could not be said and were not mentioned since
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "status", "due_at"),
    Index(None, "user_id", "character", "due_at"),
    Index(None, "source_message_id"),
)

epiphanies = Table(
    "v2_epiphanies",
    METADATA,
    # A pattern in what somebody says, found in weeks of conversation. Private between the two, always.
    Column("id", Text, primary_key=True),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("text", Text, nullable=False),  # one sentence, said to the person
    Column("condition", Text, nullable=False),
    Column("behaviour", Text, nullable=False),
    Column("words", Text, nullable=False),  # a JSON list of stems: what it is about
    Column("trust", Integer, nullable=False),  # from which trust on it may be mentioned
    Column("confidence", Float, nullable=False),  # 0..1
    Column("holds", Integer, nullable=False),  # conversations with the condition and the behaviour
    Column("fails", Integer, nullable=False),  # conversations with the condition, without the behaviour
    Column("rests_on", Integer, nullable=False),  # rows of evidence: with fewer it waits to be counted anew
    Column("aside", Text, nullable=False),  # a JSON object for the prompt: id, text, trust, words
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("counted_at", UtcDateTime, nullable=False),
    Index(None, "user_id", "character"),
)

epiphany_evidence = Table(
    "v2_epiphany_evidence",
    METADATA,
    # What was found in the conversations that were looked at: in which message, the condition, the behaviour, neither.
    Column("epiphany_id", Text, nullable=False),
    Column("source_message_id", Text, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("guild_id", Text),
    Column("channel_id", Text, nullable=False),
    Column("condition", Boolean, nullable=False),
    Column("behaviour", Boolean, nullable=False),
    Column("said_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("epiphany_id", "source_message_id"),
    Index(None, "source_message_id"),
    Index(None, "user_id"),
)

epiphany_looks = Table(
    "v2_epiphany_looks",
    METADATA,
    # When somebody's conversations were last looked over, and how far.
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("looked_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),  # the end of the last conversation that was looked at
    PrimaryKeyConstraint("user_id", "character"),
)

epiphany_refusals = Table(
    "v2_epiphany_refusals",
    METADATA,
    # What somebody does not want to be noticed: hashes that say nothing, by which it is known again.
    Column("id", Text, primary_key=True),  # that of what was refused
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("words", Text, nullable=False),  # a JSON list of hashes of pairs of stems
    Column("sessions", Text, nullable=False),  # a JSON list of hashes of sessions in which it showed
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "user_id", "character"),
)

diary = Table(
    "v2_diary",
    METADATA,
    # What a character wrote about a day with one person. One row per day and kind, also when there was nothing to say.
    Column("id", Text, primary_key=True),  # always the same for the same day, person, character and kind
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("kind", Text, nullable=False),  # page or dream
    Column("day", Text, nullable=False),  # the character's own, an ISO date
    Column("status", Text, nullable=False),  # written, nothing or deleted; the last two hold no text
    Column("text", Text, nullable=False),
    Column("gist", Text, nullable=False),
    Column("rests_on", Integer, nullable=False),  # rows of evidence: with fewer it is not shown, and goes
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "user_id", "character", "created_at"),
    Index(None, "created_at"),
)

diary_evidence = Table(
    "v2_diary_evidence",
    METADATA,
    # The messages that a page was made of: it goes with any of them.
    Column("page_id", Text, nullable=False),
    Column("source_message_id", Text, nullable=False),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),
    Column("guild_id", Text),
    Column("channel_id", Text, nullable=False),
    Column("said_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("page_id", "source_message_id"),
    Index(None, "source_message_id"),
    Index(None, "user_id"),
)

outgoing = Table(
    "v2_outgoing",
    METADATA,
    # What a character says without being asked. What was said stands in v2_messages under the same id.
    Column("id", Text, primary_key=True),
    Column("character", Text, nullable=False),
    Column("user_id", Text, nullable=False),  # whom it is for
    Column("guild_id", Text),
    Column("channel_id", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("purpose", Text, nullable=False),  # "reminder", "outreach", ...
    Column("about", Text, nullable=False),  # the id of what it is about
    Column("text", Text, nullable=False),  # empty once it stands in v2_messages, or was given up
    Column("buttons", Text, nullable=False),  # a JSON list of action and label, until one was pressed
    Column("state", Text, nullable=False),  # planned, stored or dropped
    Column("created_at", UtcDateTime, nullable=False),
    Column("attempted_at", UtcDateTime),  # when it was first shown, or may have been
    Index(None, "user_id", "character", "created_at"),
    Index(None, "purpose", "created_at"),
)

outreach = Table(
    "v2_outreach",
    METADATA,
    # Who wants a character to write by itself, and when it may; no row: nobody asked for it.
    Column("user_id", Text, nullable=False),
    Column("character", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("quiet_from", Integer),  # minutes after midnight where they are; null: the usual
    Column("quiet_until", Integer),
    Column("per_week", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("user_id", "character"),
    Index(None, "enabled"),
)

outbox = Table(
    "v2_outbox",
    METADATA,
    # A row is a job that is not done: it comes with the data that the job is about and goes when the job is finished.
    Column("id", Text, primary_key=True),  # the job's idempotency key
    Column("seq", Text, nullable=False),  # sorts by when it was requested
    Column("kind", Text, nullable=False),
    Column("payload", Text, nullable=False),  # a JSON object
    Column("user_id", Text),  # whose data it is about, when it is one person's
    Column("order_key", Text),
    Column("priority", Integer, nullable=False),
    Column("due_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("run", Integer, nullable=False),  # the number of its next or current run, from 1
    Column("sent_at", UtcDateTime),  # when this run was handed to the queue
    Column("started_at", UtcDateTime),  # when this run began
    Column("failures", Integer, nullable=False),  # in a row
    Column("failing_since", UtcDateTime),
    Column("error", Text),  # classes and place of the last failure, never its message
    Column("dead_at", UtcDateTime),  # when it was given up; it waits for an operator then
    Index(None, "sent_at", "created_at"),
    Index(None, "order_key", "seq"),
    Index(None, "user_id"),
)

workers = Table(
    "v2_workers",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("queues", Text, nullable=False),  # those that it serves, with commas between them
    Column("kinds", Text, nullable=False),  # the kinds of jobs that it knows, a JSON object of kind -> queue
    Column("started_at", UtcDateTime, nullable=False),
    Column("beat_at", UtcDateTime, nullable=False),
)
