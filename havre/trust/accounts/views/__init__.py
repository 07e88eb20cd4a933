"""The accounts' pages: signing in and out, one's own account, administering others, the emergency access."""
