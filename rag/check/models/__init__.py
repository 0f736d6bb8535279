"""Data files of the learned verifier; ``MODEL_CARD.md`` says what they are."""
