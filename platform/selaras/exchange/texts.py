"""What can be wrong with an imported file: code → what happened and what to do (templates, and message ids)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_AGAIN = "Correct it in the file and import again."

TEXTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        # the file as a whole
        "file_empty": ("The file {file} is empty.", "Export it again from the source and import that file."),
        "file_too_large": (
            "The file {file} has {size} MB; at most {limit} MB can be read.",
            "Split it, or save it as CSV.",
        ),
        "file_not_a_table": (
            "The file {file} is not a table: {reason}.",
            "Import a CSV file (UTF-8, comma or semicolon) or an Excel workbook (.xlsx).",
        ),
        "file_old_excel": (
            "The file {file} is an old Excel workbook (.xls).",
            "Open it, save it as .xlsx and import that file.",
        ),
        "file_encoding": (
            "The file {file} is not UTF-8 text (byte {byte}).",
            "Save it as “CSV UTF-8” and import that file.",
        ),
        "row_ragged": (
            "The row has {found} fields, the header has {expected}.",
            "Put texts that contain {delimiter} between quotation marks, or remove the surplus field.",
        ),
        "row_broken": ("The row cannot be read: {reason}.", "Check the quotation marks in this row."),
        "cell_too_long": ("The text has {length} characters; at most {limit} are taken.", "Shorten it."),
        "formula": (
            "The cell holds a formula; its value cannot be relied on.",
            "Paste it as values only and import again.",
        ),
        "hidden_characters": (
            "The text held a character that cannot be seen ({found}); it was left out.",
            "Check that the text reads as it should.",
        ),
        "no_rows": ("There is no row below the header.", "Fill in at least one row."),
        "missing_column": ("The column “{column}” is missing.", "Add the column; its name must read “{column}”."),
        "repeated_column": ("The column “{column}” appears more than once.", "Keep one of them."),
        # one value
        "empty": ("“{column}” is empty.", "Fill it in."),
        "not_a_date": ("“{value}” is not a date.", "Write dates as day-month-year, such as 31-12-2026."),
        "not_a_number": ("“{value}” is not a number.", "Write digits, with a comma before decimals, such as 12,5."),
        "ambiguous_number": (
            "“{value}” can be read as thousands or as decimals.",
            "Write thousands without a separator (1234) and decimals with a comma (1,234).",
        ),
        "not_whole": ("“{value}” is not a whole number.", "Write a whole number, such as 2026."),
        "out_of_range": ("{value} is not between {low} and {high}.", _AGAIN),
        "not_allowed": ("“{value}” is not known here.", "Use one of: {allowed}."),
        "not_an_email": (
            "“{value}” is no e-mail address.",
            "Write one such as nama@instansi.go.id, or leave it empty.",
        ),
        "number_shape": (
            "“{value}” is not a NIP of 18 digits.",
            "Write all 18 digits; in a spreadsheet, format the column as text first.",
        ),
        "duplicate": ("The same {what} already stands in row {other}.", "Keep one of the two rows."),
        "inconsistent": (
            "“{column}” differs from row {other}, which describes the same {what}.",
            "Give both rows the same value.",
        ),
        # what it refers to
        "unknown_person": (
            "Nobody here has the number {value} on {day}.",
            "Check the digits, or import the people first.",
        ),
        "unknown_person_near": (
            "Nobody here has the number {value} on {day}; a similar one is {near}.",
            "Check the digits.",
        ),
        "outside_reach": (
            "Nobody in the units that you import for has the number {value} today.",
            "Take the row out; whoever imports for that unit or for the whole agency brings it.",
        ),
        "unit_outside_reach": (
            "You do not import for the unit {value}.",
            "Take the row out; whoever imports for that unit or for the whole agency brings it.",
        ),
        "unknown_unit": (
            "There is no unit {value} here.",
            "Check the unit id, or import the units first.",
        ),
        "unknown_goal": ("There is no goal {value} in {year}.", "Check the code, or import the goals first."),
        "unknown_item": (
            "This person's plan of {year} has no result with the code {value}.",
            "Check the code, or import the plans first.",
        ),
        "unknown_segment": (
            "In {period} this person has no part {value} that is rated.",
            "Look up the parts with “selaras segments show”, or leave SEGMEN empty for a period without parts.",
        ),
        "unknown_aspect": (
            "The planned result {item} has no aspect “{value}”.",
            "Report on an aspect that the plan contains, or add it to the plan.",
        ),
        "unknown_period": ("The period {value} has not been opened.", "Open it first. Known: {known}."),
        "period_closed": ("The period {value} can no longer be changed: it is {state}.", "Leave this row out."),
        # people
        "number_taken": (
            "The number {value} belongs to another person ({other}) here.",
            "Check PNS ID and NIP: one of the two rows or records is wrong.",
        ),
        "people_vanished": (
            "{vanished} of {known} people are missing from the file ({percent} %).",
            "If they have really left, confirm it (--accept-vanished); otherwise export all people again.",
        ),
        "position_kind": (
            "The kind of post cannot be told from JENIS JABATAN ID {value} and ESELON ID {eselon}.",
            "Fill in 1 with an eselon, 2 for a functional post, or 4 for an executive post.",
        ),
        # structure
        "unit_circle": ("The unit stands above itself: {path}.", "Correct DIATASAN ID of one of these units."),
        "goal_circle": ("The goal serves itself: {path}.", "Correct KODE INDUK of one of these goals."),
        "own_superior": ("{value} cannot appraise themselves.", "State somebody else, or leave the row out."),
        "appraisal_circle": (
            "These people would appraise each other in a circle: {path}.",
            "State another appraiser for one of them.",
        ),
        "leader_absent": (
            "The leader {value} of unit {unit} is not among the people.",
            "Correct PEMIMPIN PNS ID, or take it that the post is vacant.",
        ),
        "several_tops": ("{count} units have nobody above them.", "Check DIATASAN ID if only one was meant."),
        # plans, progress, feedback
        "not_a_time": ("“{value}” is no time of day.", "Write hours and minutes, such as 08:30."),
        "hours_turned": ("It ends at {value}, before it began.", "Correct the hours."),
        "not_an_address": ("“{value}” is not an address.", "Write one that begins with https://."),
        "unknown_action": (
            "“{value}” is no result of the plan for this day.",
            "Write the code of a result (RHK) of the plan that was handed in, or its words as they stand there.",
        ),
        "day_settled": (
            "{value} lies in {period}, which is closed or being closed; what its results rest on stays as it is.",
            "Leave these rows out.",
        ),
        "period_locked": (
            "{value}: {period} is locked since {since} for this person.",
            "Leave these rows out, or have it opened once more on the page “Unlocking”; a second person approves.",
        ),
        "year_settled": (
            "The year {value} is closed or being closed; what its results rest on stays as it is.",
            "Leave these rows out.",
        ),
        "day_outside_year": ("{value} is not a day of {year}.", _AGAIN),
        "day_in_future": ("{value} has not come yet.", _AGAIN),
        "feedback_to_oneself": ("{value} cannot give feedback to themselves.", "Correct NIP PEMBERI."),
        "plan_unknown": ("This person has no plan of {year}.", "Import the plans first, or check TAHUN."),
        "plan_ends": ("The plan would end ({value}) before it begins.", "Correct MULAI or SELESAI."),
        "plan_several": (
            "This person has several plans of {year}, and the row does not say which one it means.",
            "Fill in MULAI: the first day of the plan that is meant.",
        ),
        "plan_days_unknown": (
            "No plan of {year} begins on {value} for this person.",
            "Correct MULAI, or import that plan first.",
        ),
        "plan_days_shared": (
            "This plan begins on {value} and shares days with another one ({other_first} to {other_last}).",
            "Let the earlier plan end the day before (SELESAI); both may stand in the same file.",
        ),
        "term_unknown": (
            "The form of {regulation} does not know “{value}” here.",
            "Write one of: {known}.",
        ),
        "form_unchecked": (
            "No regulation governs {year} here: the plans were taken without checking them against a form.",
            "Ask the operator to activate one, then import again to have them checked.",
        ),
        "share_outside": ("{value} is not a share between 0 and 100 percent.", _AGAIN),
        "shares_above": (
            "Direct shares of result {value} add up to {total} percent.",
            "Check PORSI: together the members take over at most the whole.",
        ),
        "share_of_oneself": ("{value} cannot take over a share of their own result.", "Correct NIP."),
        "assignment_unknown": (
            "{number} has no assignment {value}.",
            "Check KODE PENUGASAN, or import the assignments first.",
        ),
        "assignment_agency": (
            "An assignment names the other agency if, and only if, it comes from one.",
            "Fill in INSTANSI for “instansi lain”, and leave it empty otherwise.",
        ),
        "assignment_leader": (
            "A member's assignment names its team leader.",
            "Fill in NIP KETUA, or NAMA KETUA where the leader belongs to another agency.",
        ),
        "assignment_ends": ("It would end ({value}) before it begins.", "Correct MULAI or SELESAI."),
        "not_the_leader": ("{value} does not lead this assignment; {leader} does.", "Correct NIP KETUA."),
        # organisation ratings
        "wrong_setter": (
            "{value} does not lead the unit above {unit}; its rating is set by {expected}.",
            "Let the leader one level above set it.",
        ),
        "setter_missing": (
            "The rating of {unit} is set by the leader one level above ({expected}).",
            "Fill in NIP PENETAP.",
        ),
        "regulation_silent": ("No regulation governs {value}: {reason}", "Ask the operator to activate one."),
        "not_covered_here": ("{regulation} knows no organisation rating.", "Leave this file out."),
        "bad_rating": ("{problem}", "{remedy}"),
        # results handed over
        "bad_period": ("{problem}", "Write a year (2019), half year (2021-S1), quarter (2023-TW4) or month (2023-07)."),
        "period_not_over": ("{value} is not over yet.", "Hand over only results that were set."),
        "outcome_unknown": (
            "{regulation} knows no predikat “{value}”.",
            "Write one of its own: {known}.",
        ),
        "regulation_elsewhere": (
            "No regulation {value} is installed here; its predikat is kept as it is written.",
            "Check the code; where it is right, nothing needs to be done.",
        ),
        "own_outcome": (
            "This person has a result of {value} that was set or is being set here.",
            "Leave this row out: nobody has two results of one period.",
        ),
        "handed_over_already": (
            "Another result of {value} was handed over for this person ({source}).",
            "Leave this row out, or withdraw the import that brought the other one.",
        ),
        "bad_lines": (
            "RINCIAN is not the list of steps that an export writes.",
            "Take the column as it was exported, or leave it empty.",
        ),
        "more": ("{count} more rows have the same problem in this column.", "Correct those shown, then import again."),
    }
)
