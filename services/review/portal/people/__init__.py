"""Teams, invitations and accounts, as administrators see them."""
