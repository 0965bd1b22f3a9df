"""A WebSocket server of Python's websockets with the subprotocols of its arguments. It tells what it was offered, on the message who what it knows of the client, and sends everything else back."""

import asyncio
import sys

from websockets.asyncio.server import serve


async def echo(client):
    await client.send("offered " + client.request.headers.get("Sec-WebSocket-Protocol", "nothing"))
    request = client.request
    field = lambda name: request.headers.get(name, "nothing")
    known = f"{request.path} for {field('X-Forwarded-For')}, user {field('X-Forwarded-User')}, tenant {field('X-Tenant')}, {field('Cookie')}"
    async for message in client:
        await client.send(known if message == "who" else message)


async def main():
    async with serve(echo, "127.0.0.1", 0, subprotocols=sys.argv[1:] or None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()


asyncio.run(main())
