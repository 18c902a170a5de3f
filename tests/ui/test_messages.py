"""What a kernel says reaches a server that is slow to listen."""

from jupyter_client.manager import start_new_kernel

SAID = 15_000
SAY = f"""
from comm import create_comm
from eucaim_nb.ui.components import lose_no_message
lose_no_message()
one = create_comm(target_name="page")
for number in range({SAID}):
    one.send({{"number": number}})
"""


def test_no_message_of_many_is_lost_while_nobody_listens():
    manager, client = start_new_kernel()
    try:
        client.execute_interactive("import ipywidgets")
        client.execute(SAY)
        client.get_shell_msg(timeout=60)  # the kernel has said everything, and nothing was read yet
        heard = []
        while len(heard) < SAID:
            message = client.get_iopub_msg(timeout=5)
            if message["msg_type"] == "comm_msg":
                heard.append(message["content"]["data"]["number"])
        assert heard == list(range(SAID))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
