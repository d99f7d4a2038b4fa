"""The settings of one loop, as its YAML file names them: one model for each section."""
