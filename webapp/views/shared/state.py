"""The parameters of a page, declared once: read from its URL, written to it and shown as chips."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from inspect import signature
from typing import Any, ClassVar, Generic, Self, TypeVar

from flask import url_for
from werkzeug.datastructures import MultiDict

from webapp.models import Platform
from webapp.views.shared.columns import chosen_columns
from webapp.views.shared.finding import listable_platforms, platform_or_404
from webapp.views.shared.list_filter import read_list_filter
from webapp.views.shared.listing import Column, Sorting, read_sorting
from webapp.views.shared.parameters import BadParameterError, choice, clean, date_range, flag

S = TypeVar("S", bound=str)
F = TypeVar("F")
"""A filter for queries."""

Reader = Callable[[MultiDict[str, str], str], Any]
"""Reads a parameter that is present, by its name. Raises BadParameterError."""

DATES = ("start_date", "end_date")


@dataclass(frozen=True, kw_only=True)
class _Options:
    name: str
    read: Reader
    default: Callable[[], Any]
    write: Callable[[Any], object]
    chip: str | Callable[[Any], str]
    without: tuple[str, ...]


def parameter(
    read: Reader,
    chip: str | Callable[[Any], str] = "",
    *,
    name: str = "",
    default: Callable[[], Any] = lambda: None,
    write: Callable[[Any], object] = str,
    without: tuple[str, ...] = (),
) -> Any:
    """Declares a field of Parameters as one; `name` is its name in the URL, if that differs.

    A missing parameter has the default, and a default is not written. `chip` is the label of the active
    filter, in which {} stands for the value, or a function of the state; an empty label makes no chip. The
    link of a chip drops the parameter and those of `without`.
    """
    options = _Options(name=name, read=read, default=default, write=write, chip=chip, without=without)
    return field(default_factory=default, metadata={"options": options})


def text(chip: str | Callable[[Any], str] = "", *, name: str = "") -> Any:
    """Declares typed text, empty by default; it is cut to the length of a field."""
    return parameter(lambda given, key: clean(given[key]), chip, name=name, default=str)


def one_of(
    allowed: Sequence[str],
    chip: str | Callable[[Any], str] = "",
    *,
    name: str = "",
    write: Callable[[Any], object] = str,
) -> Any:
    """Declares one of the allowed values, by default the first."""
    values = tuple(allowed)
    return parameter(
        lambda given, key: choice(given, key, values),
        chip,
        name=name,
        default=lambda: values[0],
        write=write,
    )


def switch(chip: str) -> Any:
    """Declares a filter that is on or off, by default off."""
    return parameter(flag, chip, default=bool, write=int)


def cursor(read: Reader) -> Any:
    """Declares the place in a list where a page begins; other URLs of the list omit it."""
    return parameter(read, write=lambda _: None)


def platform_filter() -> Any:
    """Declares the filter by a platform, in any of its spellings."""
    return parameter(
        lambda given, name: platform_or_404(given[name]),
        lambda state: f"Platform: {state.platform.name}",
        write=lambda platform: platform.slug,
    )


def user_list() -> Any:
    """Declares the filter by one of the lists that the user may see."""
    return parameter(
        lambda given, _: read_list_filter(given),
        lambda state: f"List: {state.known.title}",
        name="list",
        write=lambda known: known.uuid,
    )


@dataclass(frozen=True, kw_only=True)
class Parameters:
    """Parameters of a URL: the fields that are declared as such."""

    @classmethod
    def read(cls, given: MultiDict[str, str], **fixed: Any) -> Self:
        """Reads the parameters; an empty one counts as missing. `fixed` are fields that are not read.

        Raises BadParameterError.
        """
        given = present(given)
        found = {
            name: options.read(given, options.name)
            for name, options in _declared(cls)
            if options.name in given and name not in fixed
        }
        if all(name in found for name in DATES):
            date_range(given)
        return cls(**found, **fixed)

    def arguments(self, **other: object) -> dict[str, Any]:
        """Returns the shortest query of these parameters, with overrides; defaults are omitted."""
        own = {options.name: options.write(value) for options, value in self._active()}
        return {name: str(value) for name, value in (own | other).items() if value}

    @property
    def labels(self) -> list[tuple[str, dict[str, None]]]:
        """Each active filter as a label and the overrides that drop it."""
        found = [
            (
                options.chip.format(value) if isinstance(options.chip, str) else options.chip(self),
                dict.fromkeys((options.name, *options.without)),
            )
            for options, value in self._active()
        ]
        return [(words, without) for words, without in found if words]

    @property
    def filters(self) -> list[str]:
        """The active filters in words."""
        return [words for words, _ in self.labels]

    def narrowed(self, kind: Callable[..., F], **own: object) -> F:
        """Returns a filter for queries: `own` fields, and those that have the name of a parameter."""
        names = {declared.name for declared in fields(self)}.intersection(signature(kind).parameters)
        return kind(**{name: getattr(self, name) for name in names} | own)

    def _active(self) -> Iterator[tuple[_Options, Any]]:
        """Yields the parameters whose value is not the default."""
        for name, options in _declared(type(self)):
            value = getattr(self, name)
            if value != options.default():
                yield options, value


@dataclass(frozen=True, kw_only=True)
class State(Parameters):
    """The state of a page in its URL."""

    endpoint: ClassVar[str]

    def url(self, **other: object) -> str:
        """Returns the URL of the page in this state, with overrides; None omits a parameter."""
        return url_for(self.endpoint, **self.arguments(**other))

    @cached_property
    def chips(self) -> list[tuple[str, str]]:
        """Each active filter as a label and the URL without it."""
        return [(words, self.url(**without)) for words, without in self.labels]


@dataclass(frozen=True, kw_only=True)
class SortedState(State, Generic[S]):
    """The state of a list with sortable columns; `opens_by` is the sort of a URL without one.

    A list with the name `table` lets each user choose its columns.
    """

    columns: ClassVar[Sequence[Column[Any]]]
    opens_by: ClassVar[str] = ""
    table: ClassVar[str] = ""
    sorting: Sorting[S]

    @classmethod
    def read(cls, given: MultiDict[str, str], **fixed: Any) -> Self:
        """Reads the parameters with `sort` and `order`. Raises BadParameterError."""
        sorting = read_sorting(present(given), cls.columns, cls.opens_by)
        return super().read(given, sorting=sorting, **fixed)

    def arguments(self, **other: object) -> dict[str, Any]:
        """Returns the shortest query of this state, with overrides; defaults are omitted."""
        return super().arguments(**self.sorting.parameters() | other)

    @cached_property
    def shown(self) -> Sequence[Column[Any]]:
        """The columns to show: the first, the sorted one, and those that the user chose."""
        names = chosen_columns(self.table, self.columns)
        first = self.columns[0]
        return [each for each in self.columns if each.sort in names or each in (first, self.sorting.chosen)]

    @property
    def headings(self) -> list[dict[str, object]]:
        """The headings of the columns to show, for the table macro."""
        return self.sorting.headings(self.url, self.shown)


@dataclass(frozen=True, kw_only=True)
class PlatformState(Parameters):
    """The parameters of a page about one of `platforms`, by default the first."""

    platforms: Sequence[Platform]
    platform: Platform

    @classmethod
    def read(cls, given: MultiDict[str, str], **fixed: Any) -> Self:
        """Reads the parameters with `platform`; 404 if it does not exist. Raises BadParameterError."""
        name, platforms = present(given).get("platform"), listable_platforms()
        platform = platform_or_404(name) if name else platforms[0]
        return super().read(given, platforms=platforms, platform=platform, **fixed)

    def arguments(self, **other: object) -> dict[str, Any]:
        """Returns the shortest query of this state, with overrides; defaults are omitted."""
        slug = None if self.platform is self.platforms[0] else self.platform.slug
        return super().arguments(**{"platform": slug} | other)


@dataclass(frozen=True, kw_only=True)
class RangeState(Parameters):
    """The parameters of a panel with a `range`, which is `dates` or a preset; all have defaults.

    Dates without a range mean the range `dates`, which without dates is the preset `undated`.
    """

    undated: ClassVar[str]

    @classmethod
    def read(cls, given: MultiDict[str, str], **fixed: Any) -> Self:
        """Reads the parameters; dates of another range are ignored. Raises BadParameterError."""
        given = present(given)
        dated = any(name in given for name in DATES)
        if given.get("range", "dates" if dated else "") == "dates":
            given["range"] = "dates" if dated else cls.undated
        else:
            given = MultiDict((name, value) for name, value in given.items(multi=True) if name not in DATES)
        return super().read(given, **fixed)

    @classmethod
    def read_or_default(cls, given: MultiDict[str, str]) -> tuple[Self, str]:
        """Reads the parameters; with an invalid one, returns the defaults and the error's sentence."""
        try:
            return cls.read(given), ""
        except BadParameterError as error:
            return cls(), error.sentence


def present(given: MultiDict[str, str]) -> MultiDict[str, str]:
    """Returns the parameters without NUL characters and outer spaces; empty ones are dropped."""
    cleaned = ((name, value.replace("\0", "").strip()) for name, value in given.items(multi=True))
    return MultiDict((name, value) for name, value in cleaned if value)


def _declared(cls: type[Parameters]) -> list[tuple[str, _Options]]:
    """Returns the parameters of a class by the names of their fields."""
    found = [(declared.name, declared.metadata.get("options")) for declared in fields(cls)]
    return [(name, replace(options, name=options.name or name)) for name, options in found if options]
