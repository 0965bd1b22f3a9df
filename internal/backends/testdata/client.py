"""A plain WebSocket client of Python's websockets: says what it was selected and what came back."""

import sys

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

url, *protocols = sys.argv[1:]
try:
    with connect(url, subprotocols=protocols or None) as client:
        client.send("hello")
        print(client.subprotocol or "none", client.recv())
except InvalidStatus as refused:
    print("refused", refused.response.status_code)
