"""A kernel as a page talks to it: cells, and sliders that are moved."""

import asyncio
import json
import time
import uuid

from tornado.websocket import WebSocketClientConnection

SECONDS = 900  # a cell that takes longer has failed: 40 learners share the processors


class KernelLost(Exception):
    """The kernel died, or the way to it broke."""


class CellFailed(Exception):
    """A cell raised, or took too long."""


class Kernel:
    """One kernel behind a WebSocket; `models` has the state of each widget when it was made."""

    def __init__(self, socket: WebSocketClientConnection, session: str):
        self.models: dict[str, dict] = {}
        self._socket, self._session = socket, session
        self._wanted: dict[str, dict[str, asyncio.Future]] = {}
        self._problem: Exception | None = None
        self._reader = asyncio.create_task(self._read())

    @property
    def lost(self) -> bool:
        """Whether the kernel died, or the way to it broke."""
        return self._problem is not None

    async def close(self) -> None:
        """Close the page, and so the WebSocket; the kernel lives on."""
        self._reader.cancel()
        self._socket.close()

    async def info(self) -> None:
        """Ask what every page asks first, and wait until the kernel is idle."""
        await self._asked("kernel_info_request", {}, "reply", "idle")

    async def run(self, source: str) -> None:
        """Run one cell. Raises CellFailed with the error's own words."""
        content = {"code": source, "silent": False, "store_history": True, "stop_on_error": True}
        content |= {"user_expressions": {}, "allow_stdin": False}
        reply, _ = await self._asked("execute_request", content, "reply", "idle")
        if reply["status"] != "ok":
            raise CellFailed(f"{reply.get('ename')}: {reply.get('evalue')}")

    async def move(self, widget: str, value: float) -> float | None:
        """Give a widget a value; when the changed picture was there, or None if none came.

        Ends when the kernel is idle, as a page sends no other value before.
        """
        state = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        content = {"comm_id": widget, "data": state}
        wanted = self._send("comm_msg", content, "picture", "idle")
        await self._until(wanted["idle"])
        return wanted["picture"].result() if wanted["picture"].done() else None

    async def _asked(self, kind: str, content: dict, *what: str) -> list:
        wanted = self._send(kind, content, *what)
        return [await self._until(wanted[each]) for each in what]

    async def _until(self, future: asyncio.Future):
        try:
            return await asyncio.wait_for(asyncio.shield(future), SECONDS)
        except TimeoutError:
            raise CellFailed(f"no answer within {SECONDS} s") from None

    def _send(self, kind: str, content: dict, *what: str) -> dict[str, asyncio.Future]:
        if self._problem:
            raise self._problem
        number = uuid.uuid4().hex
        loop = asyncio.get_running_loop()
        self._wanted[number] = {each: loop.create_future() for each in what}
        header = {"msg_id": number, "msg_type": kind, "session": self._session, "version": "5.3"}
        header |= {"username": "", "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
        self._socket.write_message(packed("shell", header, {}, {}, content), binary=True)
        return self._wanted[number]

    async def _read(self) -> None:
        while (message := await self._socket.read_message()) is not None:
            self._hear(message, time.perf_counter())
        self._lose("the WebSocket was closed")

    def _lose(self, why: str) -> None:
        self._problem = self._problem or KernelLost(why)
        for wanted in self._wanted.values():
            for future in wanted.values():
                if not future.done():
                    future.set_exception(self._problem)
                    future.exception()  # some nobody waits for

    def _hear(self, message: bytes, now: float) -> None:
        channel, header, parent, content = unpacked(message)
        kind = json.loads(header)["msg_type"]
        number = json.loads(parent).get("msg_id")
        if kind == "comm_open":
            opened = json.loads(content)
            self.models[opened["comm_id"]] = opened["data"].get("state", {})
        elif kind == "comm_msg" and b'"changed"' in content:
            self._found(number, "picture", now)
        elif kind == "status":
            state = json.loads(content)["execution_state"]
            if state in ("restarting", "autorestarting", "dead"):
                self._lose(f"the kernel is {state}")
            elif state == "idle":
                self._found(number, "idle", now)
        elif channel == b"shell" and kind.endswith("_reply"):
            self._found(number, "reply", json.loads(content))

    def _found(self, number: str, what: str, value: object) -> None:
        wanted = self._wanted.get(number, {})
        if what in wanted and not wanted[what].done():
            wanted[what].set_result(value)
        others = [future for each, future in wanted.items() if each != "picture"]
        if wanted and all(future.done() for future in others):
            del self._wanted[number]


def packed(channel: str, *parts: dict) -> bytes:
    """A message as JupyterLab sends it: offsets, the channel, then each part as JSON."""
    chunks = [channel.encode(), *(json.dumps(part).encode() for part in parts)]
    offsets = [8 * (len(chunks) + 2)]
    for chunk in chunks:
        offsets.append(offsets[-1] + len(chunk))
    numbers = [len(offsets), *offsets]
    return b"".join([*(number.to_bytes(8, "little") for number in numbers), *chunks])


def unpacked(message: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Channel, header, parent header and content of a message, not yet read as JSON."""
    count = int.from_bytes(message[:8], "little")
    at = [int.from_bytes(message[8 * n : 8 * n + 8], "little") for n in range(1, count + 1)]
    channel, header, parent, _, content = (message[at[n] : at[n + 1]] for n in range(5))
    return channel, header, parent, content
