"""Real OpenID providers beside the demo and the tests: products of others, each in a process of its own.

Nothing here serves an agency: `selaras serve` never starts them, and only `canaille_server`, which runs in the
provider's own process, imports one.
"""
