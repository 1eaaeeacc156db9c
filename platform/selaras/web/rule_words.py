"""The words of a pack of rules: keys and codes that its page shows; what has none here stands for itself."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

RULE_WORDS = {
    "group_by": _("comparable by"),
    "minimum_size": _("smallest group"),
    "post_kind": _("kind of post"),
    "post_level": _("level of the post"),
    "job_class": _("job class"),
    "employment": _("employment"),
    "review": _("ratings are confirmed by the superior"),
    "briefing": _("the briefing is read before rating"),
    "true": _("yes"),
    "false": _("no"),
    "regulation": _("regulation"),
    "parameters": _("choice"),
    "days": _("days"),
    "name": _("name"),
    "short_name": _("short name"),
    "kind": _("kind"),
    "effect": _("effect"),
    "shape": _("form"),
    "options": _("options"),
    "source": _("source"),
    "certainty": _("how sure"),
    "percent": _("percentage of each predikat"),
    "base": _("rupiah a month by job class"),
    "hosts": _("addresses"),
    "region_code": _("region code"),
    "bkn_code": _("BKN code"),
    "time_zone": _("time zone"),
    "ended_on": _("ended on"),
    "code": _("code"),
    "edition": _("edition"),
}
