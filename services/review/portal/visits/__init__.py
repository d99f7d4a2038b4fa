"""One request to the portal: who sent it, what it contains, which page answers it, in which language."""
