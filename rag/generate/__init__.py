"""From retrieved passages to drafted text: language models, prompts, answers and briefings."""
