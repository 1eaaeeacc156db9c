"""Agencies, hosts, packs, regulations by date, rollouts."""
