"""OpenID Connect as a relying party: discovery, the code flow, verification, logout. No HTTP framework, no tables."""
