"""Which home do definitions serve, over which calendar, and under which names?"""

from dataclasses import dataclass
from datetime import date

import dagster as dg

from rem_dagster.defs.connections import HomeConnection, OpenHome
from rem_dagster.defs.partitions import days_of, months_of, weeks_of
from rem_dagster.model.window import Calendar, calendar_of, zone_named
from rem_dagster.settings import Home, Settings

Context = dg.AssetExecutionContext | dg.AssetCheckExecutionContext | dg.SensorEvaluationContext


@dataclass(frozen=True)
class Location:
    """One home as Dagster sees it.

    Two of them in one project have key prefixes of their own, and share nothing.
    """

    connection: HomeConnection
    home: Home | None
    """As it stood when definitions were loaded; None where there is none yet."""
    prefix: tuple[str, ...] = ()
    """What every asset key begins with."""
    first_day: date | None = None
    """Partitions begin here when it is earlier than the home's first day."""

    @property
    def settings(self) -> Settings:
        """The settings that schedules and descriptions are made from."""
        return self.home.settings if self.home else Settings()

    @property
    def calendar(self) -> Calendar:
        """The home's days; of UTC, or of the zone that it is to have, where there is none."""
        if self.home:
            return calendar_of(self.home)
        return Calendar(zone_named(self.connection.timezone or "UTC"))

    @property
    def days(self) -> dg.DailyPartitionsDefinition:
        """From the home's first day to today."""
        return days_of(self.calendar, first_day=self._first)

    @property
    def weeks(self) -> dg.WeeklyPartitionsDefinition:
        """From the week of the home's first day to this one."""
        return weeks_of(self.calendar, first_day=self._first)

    @property
    def months(self) -> dg.MonthlyPartitionsDefinition:
        """From the month of the home's first day to this one."""
        return months_of(self.calendar, first_day=self._first)

    @property
    def home_key(self) -> str:
        """The name of the resource by which runs reach the home."""
        return self.name("home")

    def key(self, asset: str) -> dg.AssetKey:
        """The key of an asset."""
        return dg.AssetKey([*self.prefix, asset])

    def keys(self, *assets: str) -> list[dg.AssetKey]:
        """The keys of some assets."""
        return [self.key(asset) for asset in assets]

    def name(self, what: str) -> str:
        """The name of an op, job, schedule, sensor, group or resource."""
        return "_".join((*self.prefix, what)).replace("-", "_")

    def open(self, context: Context | dg.ScheduleEvaluationContext, **flags: object) -> OpenHome:
        """The home, by the connection that a run or a tick was given.

        Raises:
            HomeMissingError: there is none.
            SettingsError: a setting is wrong.
        """
        connection = getattr(context.resources, self.home_key)
        opened: OpenHome = connection.open(flags) if flags else connection.open()
        return opened

    @property
    def _first(self) -> date | None:
        known = [day for day in (self.home.file.first_day if self.home else None, self.first_day) if day]
        return min(known, default=None)


def location_of(
    connection: HomeConnection | None = None,
    *,
    prefix: tuple[str, ...] = (),
    first_day: date | None = None,
) -> Location:
    """The location of the home that a connection leads to; without one, of the home that `rem` finds.

    Raises:
        SettingsError: a setting of the home is wrong.
    """
    connection = connection or HomeConnection()
    return Location(connection, connection.find(), prefix, first_day)
