"""Wires pulled and power cut in the middle of a visit."""

from hardware_sim.processes import wait_until
from tests.stories.teller import Story


def test_the_pad_is_unplugged_in_mid_session_and_plugged_back(story: Story) -> None:
    story.tell("""
        put 警世通言, 彷徨
        tap 李示范
        see stack 借这 2 本
        unplug pad
        see message 感应区暂时不能用
    """)
    wait_until(
        "the centre shows the pad down", lambda: story.device("tag_reader")["condition"] == "down", 10.0
    )
    story.tell("""
        plug pad
        see stack 借这 2 本
        touch confirm
        see result 成功借出 2 本
    """)
    assert story.released("彷徨") and story.borrower("彷徨") == "李示范"
    wait_until("the centre shows it working", lambda: story.device("tag_reader")["condition"] == "ok", 10.0)


def test_the_pad_is_unplugged_between_the_yes_and_the_tag(story: Story) -> None:
    story.tell("""
        put 警世通言
        tap 李示范
        see stack 借这 1 本
        ils delay_ms 800
        touch confirm
        unplug pad
        see message 您的借阅已经记好
        plug pad
        see result 成功借出 1 本
    """)
    assert story.released("警世通言") and story.acts_at_ils("警世通言") == ["checkout"]


def test_killed_between_the_yes_and_the_tag_everything_agrees_after_the_next_start(story: Story) -> None:
    story.tell("""
        put 警世通言
        tap 李示范
        see stack 借这 1 本
        ils delay_ms 800
        touch confirm
        unplug pad
    """)
    wait_until(
        "the yes is durable",
        lambda: story.journal("SELECT step FROM operations") == [("accepted",)],
    )
    story.village.kill_kiosk()
    assert story.secured("警世通言") and story.borrower("警世通言") == "李示范", "half done: the case at hand"
    story.tell("plug pad")
    story.village.start_kiosk()
    story.tell("see idle")
    assert story.released("警世通言") and story.acts_at_ils("警世通言") == ["checkout"]
    assert story.journal("SELECT step, reader FROM operations") == [("done", None)]
    story.centre_counts(loans=1)


def test_the_broker_is_away_and_nothing_is_lost(story: Story) -> None:
    broker = next(program for program in story.village.programs if program.name == "broker")
    broker.stop()
    story.tell("""
        walk-in 2
        put 警世通言
        tap 李示范
        see stack 借这 1 本
        touch confirm
        see result 成功借出 1 本
    """)
    assert story.journal("SELECT COUNT(*) FROM outbox")[0][0] >= 2
    story.village.start_broker()
    wait_until("the centre has the loan", lambda: story.today()["loans"] == 1, 40.0)
    story.centre_counts(loans=1, visits=2)
    wait_until("the outbox is empty", lambda: story.journal("SELECT COUNT(*) FROM outbox") == [(0,)], 40.0)


def test_a_garbled_pad_is_told_and_the_kiosk_lives_on(story: Story) -> None:
    story.village.hands.fault("kiosk-pad", "garbled")
    story.tell("see message 感应区暂时不能用")
    story.village.hands.fault("kiosk-pad", "none")
    story.tell("see idle")
