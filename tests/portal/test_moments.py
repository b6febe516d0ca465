from datetime import UTC, datetime

from portal.templatetags.portal import moment


def test_a_moment_is_one_piece_in_the_portals_time_zone():
    shown = moment(datetime(2026, 3, 9, 16, 20, tzinfo=UTC))
    assert shown == '<time datetime="2026-03-10T00:20:00+08:00">2026-03-10 00:20</time>'
    assert moment(None) == "—"
