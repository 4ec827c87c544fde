"""The subcommands of `rem`; the function `run` of each file is the command."""
