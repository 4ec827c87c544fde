"""Where is the home, which settings hold, and where did each come from?"""

from rem_dagster.settings.changing import (
    change_config,
    change_moment_types,
    change_pauses,
    lower_first_day,
    read_pauses,
)
from rem_dagster.settings.environment import (
    POSTGRES_SCHEME,
    UserPlaces,
    environment_without,
    folder_in,
    forbids_live_models,
    is_dumb_terminal,
    postgres_url,
    redis_url,
    secret,
    stray_api_key,
    system_zone,
    user_places,
    wants_no_colour,
)
from rem_dagster.settings.home import (
    FIXED_BY_HOME,
    Home,
    child_environment,
    environment_of,
    find_home_path,
    imagine_home,
    open_home,
)
from rem_dagster.settings.home_file import HOME_VERSION, Pause, write_private
from rem_dagster.settings.loading import ENVIRONMENT, load_settings
from rem_dagster.settings.values import WEEKDAYS, Settings, SourceSettings, ThresholdSettings, hours_of

__all__ = [
    "ENVIRONMENT",
    "FIXED_BY_HOME",
    "HOME_VERSION",
    "POSTGRES_SCHEME",
    "WEEKDAYS",
    "Home",
    "Pause",
    "Settings",
    "SourceSettings",
    "ThresholdSettings",
    "UserPlaces",
    "change_config",
    "change_moment_types",
    "change_pauses",
    "child_environment",
    "environment_of",
    "environment_without",
    "find_home_path",
    "folder_in",
    "forbids_live_models",
    "hours_of",
    "imagine_home",
    "is_dumb_terminal",
    "load_settings",
    "lower_first_day",
    "open_home",
    "postgres_url",
    "read_pauses",
    "redis_url",
    "secret",
    "stray_api_key",
    "system_zone",
    "user_places",
    "wants_no_colour",
    "write_private",
]
