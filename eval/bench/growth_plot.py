"""The plot of ``eval.bench.growth``; the one file that imports matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def draw(results: dict[str, Any], file: Path) -> None:
    """Draws latency, memory and disk over the size of the index.

    Args:
        results: What ``eval.bench.growth`` keeps in ``growth.json``.
        file: Its ending chooses the format, such as ``.svg`` or ``.png``.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import StrMethodFormatter

    rows = sorted(results["sizes"].values(), key=lambda row: row["passages"])
    sizes = [row["passages"] for row in rows]
    figure = Figure(figsize=(10, 4), layout="constrained")
    FigureCanvasAgg(figure)
    latency, room = figure.subplots(1, 2)
    # A filter's name ends with the share that it keeps, which differs a little from size to size.
    for name in dict.fromkeys(name.partition(",")[0] for row in rows for name in row["latency_ms"]):
        found = [next((v for k, v in row["latency_ms"].items() if k.partition(",")[0] == name), None) for row in rows]
        known = [(size, values) for size, values in zip(sizes, found, strict=True) if values]
        (line,) = latency.plot([s for s, _ in known], [v[0] for _, v in known], marker="o", label=f"{name}")
        latency.plot([s for s, _ in known], [v[1] for _, v in known], linestyle=":", color=line.get_color())
    latency.set(xscale="log", yscale="log", xlabel="passages", ylabel="milliseconds", title="A search (dotted: p95)")
    latency.legend(fontsize="small")
    room.plot(sizes, [row["resident_mib"] for row in rows], marker="o", label="memory")
    room.plot(sizes, [sum(row["disk_mib"].values()) for row in rows], marker="o", label="disk")
    room.set(xscale="log", yscale="log", xlabel="passages", ylabel="MiB", title="Memory and disk")
    room.legend(fontsize="small")
    for axes in (latency, room):
        axes.grid(visible=True, which="major", alpha=0.3)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    latency.yaxis.set_minor_formatter(StrMethodFormatter("{x:,.0f}"))
    latency.tick_params(axis="y", which="minor", labelsize="x-small")
    figure.savefig(file)
