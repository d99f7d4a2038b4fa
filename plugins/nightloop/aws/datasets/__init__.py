"""Cohorts and holdouts: built, checked, kept apart."""
