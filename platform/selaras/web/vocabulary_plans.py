"""The words for plans and what happens to them, as `vocabulary` has the others."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

PARTIES = {
    "owner": _("owner of the plan"),
    "appraiser": _("appraiser"),
    "delegate": _("acts for the appraiser"),
    "reviewer": _("appraiser's superior"),
}
PLAN_FIELDS = {
    "title": _("Planned result (RHK)"),
    "section": _("Part of the form"),
    "perspective": _("Perspective"),
    "origin": _("The task comes from"),
    "expectation": _("Expectation of the leader"),
    "parent_item_id": _("Superior's result that it serves"),
    "goal_id": _("Goal of the unit"),
    "assignment_id": _("Assignment to a team"),
    "indicator": _("Indicator (IKI)"),
    "target": _("Target"),
    "measure": _("Unit of measure"),
    "manual": _("How it is counted"),
    "strategy": _("Strategy to reach it"),
    "detail": _("Asked besides"),
    "model": _("Model"),
    "variant": _("Form"),
    "annex": _("Annexes"),
    "behaviour": _("Expectation in a behaviour"),
}
DIFFERENCES = {"added": _("added"), "stopped": _("stopped"), "changed": _("changed")}
SUPERIOR_PROPOSALS = {
    "open": _("waits for answers"),
    "done": _("agreed and carried out"),
    "refused": _("refused"),
    "withdrawn": _("taken back"),
    "expired": _("over: not everybody answered in time"),
}
SUPERIOR_SIDES = {"proposed": _("the proposed superior"), "present": _("the present superior")}
LEFT_OUT = {
    "has_plan": _("has a plan of this year already; it stays as it is"),
    "other_form": _("their post is asked for another form than this plan has"),
    "no_appraiser": _("nobody appraises them today"),
    "number_unknown": _("nobody here whom you manage or appraise has this number"),
}
FOLLOWS = {
    "improve_missing": _("to be improved; no improvement plan is written yet"),
    "improving": _("an improvement plan is under way"),
    "improving_late": _("an improvement plan is under way; a step is late"),
    "improved": _("an improvement plan was carried out and closed"),
    "formal": _("the path of PP 30/2019 Ps 56–58 is under way"),
    "next_missing": _("leads to the next plan, which is not handed in yet"),
    "led_on": _("led on to the next plan"),
    "talk_missing": _("leads to a talk, which is not recorded yet"),
    "talked": _("was talked about"),
}
RAISES = {
    "open": _("not taken over yet"),
    "taken": _("taken over"),
    "changed": _("raised otherwise"),
    "declined": _("declined"),
}
