"""How a character answers: the engine that runs one turn, the context it answers from, the models that speak."""
