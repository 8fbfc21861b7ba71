"""From YAML, JSON and interface messages to the model, or to problems with a place. Decides nothing."""
