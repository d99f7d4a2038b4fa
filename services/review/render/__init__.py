"""Worker templates: Liquid in, an isolated page out."""
