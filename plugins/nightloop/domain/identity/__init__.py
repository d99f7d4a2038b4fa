"""What remote things and people are called: names that a retry finds again, pseudonyms."""
