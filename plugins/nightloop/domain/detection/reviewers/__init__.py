"""How reviewers' boxes compare with known ones, and which images are shown again."""
