"""The rules that always hold, in plain words: what a refusal's number points to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

RULES: dict[int, object] = {
    1: _("No consignment exceeds what its licence line still permits, even when two are sent at the same moment."),
    2: _(
        "No decision without a completed screening against current lists, a completed assessment, and a countersigner "
        "who is not the one who recommended."
    ),
    3: _(
        "A measure in force blocks decisions and shipments in its scope, says which measure it is and on whose "
        "authority, and ends by date or by order."
    ),
    4: _(
        "Every firearm has at most one holder at a time, and its events explain it from manufacture on: what entered "
        "equals what is held, lost, recovered and destroyed."
    ),
    5: _(
        "History is never edited. A mistake is corrected by a later event that names it. Every custody event and "
        "decision is in the log before anyone hears ‘saved’."
    ),
    6: _(
        "A confirmed trace to a firearm sold under a licence raises an alert on the end user, holds its open "
        "applications for review and feeds the next estimate."
    ),
    7: _("When a thing happened and when it was recorded are two dates. Reports say which they use and where they cut off."),
    8: _("A figure is shown with its denominator, its source and its uncertainty. ‘Of those traced’ is never shown as ‘of those seized’."),
    9: _("Bad input is refused with the row, the field, the reason and the way to mend it. A file is taken whole or not at all."),
    10: _("What a role may not see it cannot count, search, export or infer from an error either."),
}
