"""Images as files: decoded, recognised, compared, scored."""
