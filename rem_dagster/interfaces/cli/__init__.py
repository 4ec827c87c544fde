"""The `rem` command, one file per subcommand."""
