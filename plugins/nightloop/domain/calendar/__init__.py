"""Days and deadlines on the clock of the people concerned."""
