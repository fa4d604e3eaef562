"""Merges audience items to one per calendar date, across pages and windows."""

from collections.abc import Iterable

from jobs.soundcharts.schemas import AudienceItem, Plot


def one_item_per_date(items: Iterable[AudienceItem]) -> list[AudienceItem]:
    """Returns `items` by date, oldest first, with several items of one date merged into one.

    The merged item holds every identifier. If two items have the same identifier, the larger value is kept: a
    larger running total was read later, and the choice does not depend on the order of the response, so that
    reading the same data again returns the same item.
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
    """Sorts by identifier, then by value, with a missing value first."""
    return plot.identifier, -1 if plot.value is None else plot.value
