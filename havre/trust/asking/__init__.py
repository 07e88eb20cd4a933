"""Identity requests: a person's name for one requester who works without it, when the name's custodians agree (globaleaks#3656, #3162)."""
