"""Named rules that decide something by themselves: pure functions, each tested by a table of cases."""
