"""Asks with OpenAI's own client: python docs/examples/openai_client.py [ADDRESS] [KEY]."""

import sys

from openai import OpenAI

address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8017"
client = OpenAI(base_url=f"{address}/v1", api_key=sys.argv[2] if len(sys.argv) > 2 else "none")
messages = [{"role": "user", "content": "What did Assad ask Russia for?"}]

completion = client.chat.completions.create(model="dateline", messages=messages)
print(completion.choices[0].message.content)
for annotation in completion.choices[0].message.annotations:
    cited = annotation.url_citation
    print(f"  {cited.publisher}, {cited.published}, [{cited.start}:{cited.end}] “{cited.quote}”")

for chunk in client.chat.completions.create(model="dateline", messages=messages, stream=True):
    print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
