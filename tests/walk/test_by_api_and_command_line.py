"""The whole story without a browser: the same operations over the API and by the command line."""

import pytest

from tests.walk.story import walk
from tests.walk.tellers import ByApi, ByCommandLine


@pytest.mark.django_db(transaction=True)
def test_the_whole_story_over_the_api():
    from tests import given

    walk(ByApi(), given.people())


@pytest.mark.django_db(transaction=True)
def test_the_whole_story_by_the_command_line(tmp_path):
    from tests import given

    walk(ByCommandLine(tmp_path), given.people())
