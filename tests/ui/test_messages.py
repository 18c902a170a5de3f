"""What a kernel says reaches a browser that is slow to listen, and that came after the page was built."""

from jupyter_client.manager import start_new_kernel

SAID = 15_000
PAGE = f"""
from comm import create_comm
from eucaim_nb.ui.components import Notice, button, lose_no_message
lose_no_message()
one = create_comm(target_name="page")
def work():
    for number in range({SAID}):
        one.send({{"number": number}})
made = button("Say it", work, Notice())
"""


def test_no_message_of_many_is_lost_while_nobody_listens():
    manager, builder = start_new_kernel()
    browser = manager.client()
    try:
        builder.execute_interactive(PAGE)
        asked = {"comm": "made.comm.comm_id"}
        answer = builder.execute_interactive("", user_expressions=asked)["content"]["user_expressions"]
        name = answer["comm"]["data"]["text/plain"].strip("'")
        browser.start_channels()
        browser.wait_for_ready(timeout=60)
        data = {"method": "custom", "content": {"event": "click"}}
        browser.shell_channel.send(browser.session.msg("comm_msg", {"comm_id": name, "data": data}))
        browser.kernel_info()
        browser.get_shell_msg(timeout=60)  # the click was heard, and nothing was read yet
        heard = []
        while len(heard) < SAID:
            message = browser.get_iopub_msg(timeout=5)
            if message["msg_type"] == "comm_msg" and "number" in message["content"]["data"]:
                heard.append(message["content"]["data"]["number"])
        assert heard == list(range(SAID))
    finally:
        builder.stop_channels()
        browser.stop_channels()
        manager.shutdown_kernel(now=True)
