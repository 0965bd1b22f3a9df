"""A WebSocket server of Python's websockets with the subprotocols of its arguments. It tells what it was offered, and sends everything back."""

import asyncio
import sys

from websockets.asyncio.server import serve


async def echo(client):
    await client.send("offered " + client.request.headers.get("Sec-WebSocket-Protocol", "nothing"))
    async for message in client:
        await client.send(message)


async def main():
    async with serve(echo, "127.0.0.1", 0, subprotocols=sys.argv[1:] or None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
