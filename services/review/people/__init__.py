"""The rules of accounts, teams, invitations and identities: functions of a database session, no HTTP, no mail."""
