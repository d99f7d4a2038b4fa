"""Tools of the repository itself: prose lint and generated references."""
