"""The ledger: appended in the transaction it speaks of, sealed in chained blocks."""
