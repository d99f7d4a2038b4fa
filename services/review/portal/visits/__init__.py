"""One request to the portal: who it is from, what it says, which page answers it, in which words."""
