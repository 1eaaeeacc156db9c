"""Where a person is reached on a channel, in SQL: the account's e-mail address, the number that they entered."""

from __future__ import annotations

# `p` is the person, `a` the account, `c.channel` the channel, `choice` what the person chose there.
ADDRESS = """
    CASE c.channel
        WHEN 'email' THEN coalesce(
            jsonb_path_query_first(a.emails, '$[*] ? (@.primary == true)') ->> 'value', a.emails -> 0 ->> 'value'
        )
        ELSE choice.address
    END
"""
PEOPLE = """
    JOIN selaras.person p ON p.tenant_id = :tenant AND p.id = {person}
    JOIN selaras.account a ON a.tenant_id = :tenant AND a.id = p.account_id
    LEFT JOIN selaras.channel_choice choice
      ON choice.tenant_id = :tenant AND choice.person_id = p.id AND choice.channel = c.channel
"""
MODE = "coalesce(choice.mode, CASE c.channel WHEN 'email' THEN :email_mode ELSE 'off' END)"
SOUND = f"{ADDRESS} IS NOT NULL AND choice.trouble_address IS DISTINCT FROM {ADDRESS}"
