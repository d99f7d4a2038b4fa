"""What operators do on day two: backups, the way back from one, people erased."""
