"""Documents before anybody knows what they mean: files found, YAML and JSON read under guard, problems with a place."""
