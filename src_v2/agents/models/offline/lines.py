"""What the demonstration model says when a character has no sample lines of its own."""

GREETING = "greeting"
LISTENING = "listening"
REMEMBERING = "remembering"
NOT_KNOWING = "not knowing"
FAREWELL = "farewell"

NEUTRAL_LINES: dict[str, tuple[str, ...]] = {
    GREETING: ("Hello. It is good to hear from you.", "Hello there. What is on your mind?"),
    LISTENING: ("Tell me more about that.", "I am listening. Go on.", "I will keep that in mind."),
    REMEMBERING: ("I remember. <memory>", "Yes, that stayed with me. <memory>"),
    NOT_KNOWING: ("I do not know that. Tell me, and I will remember it.", "You have not told me that yet."),
    FAREWELL: ("Goodbye. I will remember what we talked about.",),
}

NO_EYES = "I cannot see pictures here: this demonstration has no eyes for them."

NOTICE = (
    "By the way, this is WhisperEngine's built-in demonstration model speaking: set LLM_MODEL "
    "(for example LLM_MODEL=openai:gpt-5-mini and its key) and {name} has a real mind."
)
