"""An HTTP/2 server on 127.0.0.1 for tests: python http2_server.py CERTIFICATE KEY

Prints its port, then what it observes, one word a line; ends with its standard input.
GET /stats counts the connections; GET /stream?N sends N events and then waits for the peer unless N ends in "!".
"""

import asyncio
import socket
import sys

from hypercorn.asyncio import serve
from hypercorn.config import Config

clients = set()


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    clients.add(tuple(scope["client"]))
    headers = [(b"x-version", scope["http_version"].encode())]
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    if scope["path"] == "/stats":
        body = str(len(clients)).encode()
    if scope["path"] == "/stream":
        query = scope["query_string"].decode()
        for number in range(int(query.rstrip("!"))):
            event = f"data: {number}\n\n".encode()
            await send({"type": "http.response.body", "body": event, "more_body": True})
            await asyncio.sleep(0.001)
        if not query.endswith("!"):
            while (await receive())["type"] != "http.disconnect":
                pass
            print("disconnect", flush=True)
            return
        body = b""
    await send({"type": "http.response.body", "body": body})


async def main():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.certfile, config.keyfile = sys.argv[1:3]
    config.accesslog = config.errorlog = None
    config.graceful_timeout = 1
    print(listener.getsockname()[1], flush=True)
    stop = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await serve(application, config, shutdown_trigger=lambda: stop)


asyncio.run(main())
