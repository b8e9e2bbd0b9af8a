"""A model server on 127.0.0.1 whose service fails as it is told to: python fault_server.py PORT [NAME=VALUE ...]

It is llmock, which also judges how its client behaves; the values are variables of its environment. Once it listens, it asks for /ready?OWN_PORT at PORT; it ends
with the process that started it.
"""

import os
import socket
import sys
import threading
import time
import urllib.request

import uvicorn
from llmock.main import create_app


def follow(parent):
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


threading.Thread(target=follow, args=(os.getppid(),), daemon=True).start()
os.environ.update(argument.split("=", 1) for argument in sys.argv[2:])
listener = socket.create_server(("127.0.0.1", 0))
server = uvicorn.Server(uvicorn.Config(create_app(), log_level="warning"))
urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/ready?{listener.getsockname()[1]}", timeout=30).close()
server.run(sockets=[listener])
