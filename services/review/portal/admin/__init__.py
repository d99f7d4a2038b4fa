"""Pages for administrators: flows, reviews, activity, templates."""
