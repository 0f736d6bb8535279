"""``dateline mcp``: one assistant on standard input and output, without a server around it."""

from __future__ import annotations

from rag.service import Dateline
from ui.access.figures import Figures
from ui.api.desk import Desk, Room
from ui.api.mcp_server import McpServer
from ui.briefing.writer import Writer
from ui.lines import Lines


def serve_assistant(dateline: Dateline) -> None:
    """Serves until the assistant leaves."""
    settings = dateline.settings
    room = Room(
        settings.serve_active, settings.serve_waiting, settings.serve_seconds, tuple(settings.serve_models.split())
    )
    lines = Lines()
    figures = Figures()
    desk = Desk(dateline, figures, lines, room)
    McpServer(desk, Writer(dateline, lines, figures)).run_on_standard_streams()
