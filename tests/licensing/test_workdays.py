"""Working days and the clock of a review, by dated tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from enduse.licensing.workdays import after_working_days, easter, is_working_day, length_of, review_clock, working_days_between

FRIDAY, MONDAY = date(2011, 12, 2), date(2011, 12, 5)


@pytest.mark.parametrize(("year", "sunday"), [(2008, date(2008, 3, 23)), (2011, date(2011, 4, 24)), (2012, date(2012, 4, 8)), (2025, date(2025, 4, 20))])
def test_easter_is_where_the_calendar_has_it(year, sunday):
    assert easter(year) == sunday
    assert not is_working_day(sunday - timedelta(days=2))
    assert not is_working_day(sunday + timedelta(days=1))


def test_weekends_and_holidays_do_not_count():
    assert working_days_between(FRIDAY, MONDAY) == 1
    assert after_working_days(date(2011, 12, 23), 1) == date(2011, 12, 27)  # the 26th is a holiday
    assert after_working_days(date(2011, 12, 30), 1) == date(2012, 1, 2)


def test_a_review_takes_twenty_working_days():
    clock = review_clock(FRIDAY, [], MONDAY)
    assert (clock.allowed, clock.used, clock.left) == (20, 1, 19)
    assert clock.due_on == after_working_days(FRIDAY, 20)


def test_the_clock_stands_while_a_question_is_open_and_the_due_day_moves_by_as_much():
    asked, answered = date(2011, 12, 6), date(2011, 12, 13)
    open_now = review_clock(FRIDAY, [(asked, None)], date(2011, 12, 12))
    assert (open_now.due_on, open_now.stopped_since, open_now.used) == (None, asked, 2)
    after = review_clock(FRIDAY, [(asked, answered)], date(2011, 12, 14))
    assert after.used == 3
    assert after.due_on == after_working_days(after_working_days(FRIDAY, 20), working_days_between(asked, answered))


def test_two_questions_at_once_stop_it_once():
    one = review_clock(FRIDAY, [(date(2011, 12, 6), date(2011, 12, 13))], date(2011, 12, 30))
    both = review_clock(FRIDAY, [(date(2011, 12, 6), date(2011, 12, 13)), (date(2011, 12, 7), date(2011, 12, 9))], date(2011, 12, 30))
    assert one == both


def test_a_review_is_overdue_after_its_day():
    due = review_clock(FRIDAY, [], FRIDAY).due_on
    assert not review_clock(FRIDAY, [], due).is_overdue
    late = review_clock(FRIDAY, [], after_working_days(due, 2))
    assert (late.is_overdue, late.late) == (True, 2)


def test_a_clock_that_the_table_does_not_hold_is_an_error():
    with pytest.raises(LookupError):
        length_of("LUNCH", FRIDAY)


@pytest.mark.parametrize("count", [1, 5, 20, 60])
@pytest.mark.parametrize("start", [date(2006, 1, 1) + timedelta(days=97 * n) for n in range(40)])
def test_so_many_working_days_after_a_day_are_as_many_between(start, count):
    end = after_working_days(start, count)
    assert working_days_between(start, end) == count
    assert working_days_between(end, start) == -count
    assert is_working_day(end)


def test_days_between_are_those_that_are_counted_one_by_one():
    for start in (date(2011, 12, 23), date(2012, 1, 1), date(2012, 2, 29), date(2012, 12, 30)):
        for days in (0, 1, 2, 3, 4, 5, 6, 7, 8, 30, 366, 1_500):
            end = start + timedelta(days=days)
            counted = sum(is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))
            assert working_days_between(start, end) == counted
            assert working_days_between(end, start) == -counted
