"""How images are chosen for review, in any kind of task: draws and budget."""
