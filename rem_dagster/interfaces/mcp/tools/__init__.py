"""Which tools does an agent get? One file for each."""
