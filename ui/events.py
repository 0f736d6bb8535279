"""How a click in HTML of ours becomes an event of the page.

Buttons carry ``data-event`` and the event's data as further ``data-`` attributes (see ``ui.markup.button``); the ids of
checked boxes in the same component come along as ``chosen``.
"""

from __future__ import annotations

from collections.abc import Sequence

_LISTEN = """
const events = [%s];
element.addEventListener("click", event => {
  const target = event.target.closest("[data-event]");
  if (!target || !events.includes(target.dataset.event)) return;
  const chosen = [...element.querySelectorAll("input[data-id]:checked")].map(box => box.dataset.id);
  trigger(target.dataset.event, {...target.dataset, chosen});
});
watch("value", () => window.dateline?.shown(element));
"""


def listening(events: Sequence[str]) -> str:
    """Returns the script of a component that sends these events."""
    return _LISTEN % ", ".join(f"'{event}'" for event in events)
