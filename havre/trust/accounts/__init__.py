"""Accounts: signing in, the second factor, jobs, invitations, devices, leaving, and the emergency access."""
