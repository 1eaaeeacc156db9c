"""The agency's own rules of pay: drafts of its table, what one would cost, marks of a month, payrolls."""
