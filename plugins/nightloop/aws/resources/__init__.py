"""What each AWS resource of a loop is: its name and the request that makes it."""
