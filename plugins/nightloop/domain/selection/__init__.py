"""How images are chosen for review, whatever is looked for in them: draws and budget."""
