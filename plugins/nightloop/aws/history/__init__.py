"""What earlier nights and trainings left: reviewers, audits, lineage."""
