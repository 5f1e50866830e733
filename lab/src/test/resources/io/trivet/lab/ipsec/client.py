"""Says one thing to a server and notes what comes back: client.py udp|tcp|control FILE HOST PORT

What is said is a CoAP message (RFC 7252, section 3), so that a dissector that sees it knows it: a non-confirmable PUT to
/ps/a whose payload says of which phase it is.
"""
import os
import socket
import sys

how, file, host, port = sys.argv[1:5]
phase = os.path.basename(file).split("-")[0]
text = ("measured-" + phase).encode()
message = bytes([0x50, 0x03, 0x12, 0x34, 0xB2]) + b"ps" + bytes([0x01]) + b"a" + b"\xff" + text
# Where nothing is to come back there is nothing to wait for but time; where something is, it comes at a later attempt:
# the first packets are what asks for the tunnel.
attempts = 20 if phase == "esp" and os.environ.get("EXPECT_" + how.upper(), "answer") == "answer" else 2


def once():
    kind = socket.SOCK_STREAM if how == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as s:
        s.settimeout(1.5)
        s.connect((host, int(port)))
        s.send(message)
        return s.recv(2000)


said = "silent"
for _ in range(attempts):
    try:
        back = once()
        said = "answered" if back == message else "answered wrongly: " + repr(back)
        break
    except OSError as e:
        said = "silent" if isinstance(e, TimeoutError) else "refused: " + str(e)
with open(file, "w") as out:
    out.write(said + "\n")
