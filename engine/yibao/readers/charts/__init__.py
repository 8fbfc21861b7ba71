"""Charts and their scenarios in YAML, and the recorded events of cases, to the model."""
