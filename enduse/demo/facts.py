"""The public figures that shape the demonstration, each with its source; what is not published is marked as ours."""

from __future__ import annotations

from datetime import date, datetime, timezone

NOW = datetime(2012, 1, 3, 8, 30, tzinfo=timezone.utc)  # noqa: UP017
FIRST_MONTH, LAST_MONTH = date(2006, 1, 1), date(2011, 12, 1)

# Firearms authorised for direct commercial sale to Mexico by US fiscal year. FY2006 and FY2009: CBS News of 6 December 2011
# and the section 655 report; the years between and after were not published by number and are ours.
AUTHORISED = {2006: 2_476, 2007: 5_900, 2008: 9_700, 2009: 18_709, 2010: 6_800, 2011: 4_300}
PUBLISHED_YEARS = (2006, 2009)
# FY2009 as itemised in the section 655 report: the two do not add up to 18,709, and the rest is not itemised.
FY2009_NOT_AUTOMATIC, FY2009_AUTOMATIC = 17_169, 1_361

# One licence of 1,030 rifles: received in two lots, 121 passed to one state police force (cable of 2009; La Jornada 2011).
RIFLES, FIRST_LOT, SECOND_LOT, TO_STATE_POLICE = 1_030, 507, 523, 121
FIRST_LOT_ON, SECOND_LOT_ON = date(2006, 12, 21), date(2007, 1, 5)

# Desertions from army and air force by year (López-Dóriga Digital 2017; Digital 2016). 2006: the mean of 2000-2006, of 101,496.
DESERTIONS = {2006: 16_900, 2007: 16_641, 2008: 9_112, 2009: 6_879, 2010: 4_398, 2011: 3_451}
PERSONNEL = 190_000

# A monitored operation: about 2,000 bought from 31 October 2009 to 25 January 2011 (DOJ Inspector General 2012).
OPERATION_FROM, OPERATION_UNTIL, OPERATION_BOUGHT = date(2009, 10, 31), date(2011, 1, 25), 2_000

# Firearms seized in Mexico: 306,354 recovered from 1994 to June 2012; about 30,000 in fiscal 2008 with some 7,200 submitted.
SEIZED_A_MONTH = {2006: 900, 2007: 1_100, 2008: 2_500, 2009: 2_700, 2010: 2_800, 2011: 2_600}
SUBMITTED_SHARE = {2006: 0.20, 2007: 0.22, 2008: 0.24, 2009: 0.40, 2010: 0.35, 2011: 0.45}

# The federal police counted 1,005 of its own guns lost in 2010-2017 and had reported 741 of them (La Jornada 2020).
POLICE_REPORTS = 741 / 1_005

# What no source measures, and the demonstration therefore has to choose.
CARRIED_OFF = 0.012  # the share of deserters that takes a weapon of the register along
ARMY_REPORTS = 0.60
HAZARDS = {  # a gun-month, at its last unit
    ("army", "stolen"): 0.00018, ("army", "sold"): 0.00012, ("army", "not_sighted"): 0.00010,
    ("police", "stolen"): 0.00075, ("police", "sold"): 0.00030, ("police", "not_sighted"): 0.00035,
}
SEIZED_OF_DIVERTED, SUBMITTED_OF_SEIZED = 0.30, 0.55
