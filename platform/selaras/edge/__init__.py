"""The HTTP edge that web and api share: host to agency, transaction, sign-in, permission, errors, headers."""
