"""Accounts kept by the agency's own directory through SCIM 2.0 (RFC 7643, RFC 7644): what is served and kept."""
