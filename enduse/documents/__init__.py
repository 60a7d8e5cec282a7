"""Documents: files that stand behind a fact, each with its hash in the log."""
