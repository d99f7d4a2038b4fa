"""How reviewers' boxes compare with gold images' boxes, and which images are reviewed again."""
