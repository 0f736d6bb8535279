"""The interface that clients of OpenAI's chat completions expect."""
