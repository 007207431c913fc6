"""Looking back at a conversation when it is over: what the person did that the character minds, which goals moved."""
