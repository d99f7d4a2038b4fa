"""Pages for administrators: flows, loops, activity, templates."""
