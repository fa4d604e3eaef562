"""One audience item per calendar date, whatever the pages and windows it came in."""

from collections.abc import Iterable

from jobs.soundcharts.schemas import AudienceItem, Plot


def one_item_per_date(items: Iterable[AudienceItem]) -> list[AudienceItem]:
    """`items` by date, oldest first; several items of one date become one.

    That one holds every identifier. Where two items give the same identifier, the larger value stays: a
    running total that is larger was read later, and the choice does not depend on the order of the answer,
    so that reading the same data again gives the same item.
    """
    merged: dict[object, AudienceItem] = {}
    for item in sorted(items, key=lambda item: (item.date, item.raw["date"])):
        known = merged.get(item.date)
        merged[item.date] = item if known is None or known.raw == item.raw else _joined(known, item)
    return list(merged.values())


def _joined(first: AudienceItem, second: AudienceItem) -> AudienceItem:
    plots: dict[str, Plot] = {}
    for plot in sorted((*first.plots, *second.plots), key=_rank):
        plots[plot.identifier] = plot
    raw_plots = [{"identifier": plot.identifier, "value": plot.value} for plot in plots.values()]
    return AudienceItem(date=first.date, plots=tuple(plots.values()), raw=first.raw | {"plots": raw_plots})


def _rank(plot: Plot) -> tuple[str, int]:
    """By identifier, then by value, with no value below any."""
    return plot.identifier, -1 if plot.value is None else plot.value
