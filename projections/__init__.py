"""Read models: a folder each, folded from the event log and rebuildable from it."""
