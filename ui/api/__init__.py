"""What other software talks to: REST, the OpenAI-compatible interface and MCP."""

REST = "/api/v1"
