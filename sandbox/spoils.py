"""Content faults: their effects on the days and items of an audience response."""

from collections.abc import Callable
from datetime import date

from sandbox.answers import Item, Plot, paris_midnight
from sandbox.faults import Fault


def spoil_days(faults: list[Fault], days: list[date]) -> list[date]:
    """Returns `days`, newest first, without those that the fault `missing_day` removes."""
    for fault in faults:
        if fault.name == "missing_day" and days:
            gone = fault.day or days[len(days) // 2]
            days = [day for day in days if day != gone]
    return days


def spoil_items(faults: list[Fault], items: list[Item]) -> None:
    """Changes `items`, newest first, in place, at the fault's day or the middle one."""
    for fault in faults:
        if fault.name in CONTENT and items:
            CONTENT[fault.name](items, _struck(fault, items))


def _struck(fault: Fault, items: list[Item]) -> int:
    """Returns the index of the affected item."""
    dates = [item["date"][:10] for item in items]
    return dates.index(str(fault.day)) if str(fault.day) in dates else len(items) // 2


def _repeated_value(items: list[Item], place: int) -> None:
    """Gives the affected day the totals of the item before it."""
    if place + 1 < len(items):
        items[place]["plots"] = [Plot(**plot) for plot in items[place + 1]["plots"]]


def _halved_total(items: list[Item], place: int) -> None:
    """Halves totals from the affected day on."""
    for item in items[: place + 1]:
        for plot in item["plots"]:
            plot["value"] = plot["value"] // 2 if plot["value"] is not None else None


def _extra_identifier(items: list[Item], place: int) -> None:
    """Adds an identifier from the affected day on."""
    for item in items[: place + 1]:
        item["plots"].append(Plot(identifier="7300000000000000001", value=1000))


def _null_value(items: list[Item], place: int) -> None:
    for plot in items[place]["plots"]:
        plot["value"] = None


def _empty_plots(items: list[Item], place: int) -> None:
    items[place]["plots"] = []


def _old_offset(items: list[Item], place: int) -> None:  # noqa: ARG001 (strikes all items)
    for item in items:
        item["date"] = paris_midnight(date.fromisoformat(item["date"][:10]))


CONTENT: dict[str, Callable[[list[Item], int], None]] = {
    "repeated_value": _repeated_value,
    "halved_total": _halved_total,
    "extra_identifier": _extra_identifier,
    "null_value": _null_value,
    "empty_plots": _empty_plots,
    "old_offset": _old_offset,
}
