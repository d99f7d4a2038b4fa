"""One hook per AWS service the loop calls."""
