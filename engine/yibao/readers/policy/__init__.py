"""A folder of rules, questions, catalogues and examples in YAML to one checked policy."""
