"""The bandwidth limit: a token bucket on a clock that the test moves."""

from eucaim_nb.jobs import Progress
from eucaim_nb.transfer._flow import Bucket, Flow


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_many_who_spend_share_one_rate():
    clock = Clock()
    bucket = Bucket(1000, clock)
    assert [bucket.spend(500) for _ in range(4)] == [0.5, 1.0, 1.5, 2.0]
    clock.now += 2
    assert bucket.spend(250) == 0.25


def test_pause_is_not_followed_by_a_burst():
    clock = Clock()
    bucket = Bucket(1000, clock)
    clock.now += 3600
    assert bucket.spend(1000) == 1.0


def test_rate_is_kept_over_a_long_time_whatever_the_pieces():
    clock = Clock()
    bucket = Bucket(125_000, clock)
    for number in range(1000):
        clock.now += max(0.0, bucket.spend(1 + number * 37 % 4096)) * 0.999
    sent = sum(1 + number * 37 % 4096 for number in range(1000))
    assert abs(sent / 125_000 - (clock.now - 100)) < 0.1


def test_pieces_are_small_when_the_limit_is_low_and_large_without_one():
    assert Flow(Progress()).piece == 2**20
    assert Flow(Progress(), 125_000).piece == 15_625
    assert Flow(Progress(), 100).piece == 4096
