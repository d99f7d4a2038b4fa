"""What in a template will not work here, found before a worker meets it."""
