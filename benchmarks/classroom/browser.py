"""What a learner's browser asks of a hub: cookies, forms, a server, sessions, a WebSocket."""

import asyncio
import json
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

SECONDS = 300  # a request that takes longer has failed
MOST = 1000  # requests at once, of all learners; tornado's own limit is 10
FROM_A_PAGE = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
PROTOCOL = "v1.kernel.websocket.jupyter.org"  # the one that JupyterLab speaks


class Failed(Exception):
    """A request that was not answered, or answered with an error."""


class Browser:
    """One learner's browser: keeps cookies by path and counts what fails."""

    def __init__(self, url: str, name: str):
        self.name, self.requests, self.failed = name, 0, []
        self._url, self._cookies = url, {}
        self._client = AsyncHTTPClient(force_instance=True, max_clients=MOST)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    @property
    def server(self) -> str:
        """Where the learner's own server is."""
        return urljoin(self._url, f"/user/{self.name}/")

    async def log_in(self, password: str) -> None:
        """Fill in the form, which starts the server, and wait at its bar until it answers."""
        address = urljoin(self._url, "/hub/login")
        await self.page(address)
        form = {"username": self.name, "password": password, "_xsrf": self._xsrf(address)}
        waiting = await self.page(address, urlencode(form))
        if "/spawn-pending/" in waiting.effective_url:
            where = re.search(r'EventSource\("([^"]+)"', waiting.body.decode())
            if where is None:
                raise self._note("the page that waits for the server does not say how")
            progress = urljoin(address, where.group(1))
            told = await self._fetch(progress, Accept="text/event-stream")
            if b'"ready": true' not in told.body:
                said = re.findall(r'"message": "([^"]+)', told.body.decode()) or ["nothing"]
                raise self._note(f"the server did not start, and the hub said: {said[-1]}")

    async def open_lab(self) -> None:
        """JupyterLab's page and the scripts and settings that it names."""
        address = urljoin(self.server, "lab")
        text = (await self.page(address)).body.decode()
        scripts = set(re.findall(r'<script[^>]*src="([^"]+)"', text))
        as_script = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
        await asyncio.gather(
            self._called("GET", "lab/api/settings"),
            self._called("GET", "lab/api/translations"),
            *(self._fetch(urljoin(address, script), **as_script) for script in scripts),
        )

    async def api(self, method: str, path: str, content: dict | None = None) -> dict:
        """One call of the learner's server, with the token that its pages send."""
        answer = await self._called(method, f"api/{path}", content)
        return json.loads(answer.body) if answer.body else {}

    async def socket(self, kernel: str, session: str) -> WebSocketClientConnection:
        """The WebSocket to a kernel."""
        address = urljoin(self.server, f"api/kernels/{kernel}/channels?session_id={session}")
        self.requests += 1
        headers = self._headers(address) | FROM_A_PAGE | {"Sec-Fetch-Mode": "websocket"}
        headers["Origin"] = self._url.rstrip("/")
        request = HTTPRequest("ws" + address.removeprefix("http"), headers=headers)
        try:
            connection = await asyncio.wait_for(
                websocket_connect(request, subprotocols=[PROTOCOL], max_message_size=2**28), SECONDS
            )
        except (OSError, HTTPError, TimeoutError) as error:
            raise self._note(f"WebSocket: {error!r}") from None
        connection.protocol.stream.set_nodelay(True)  # as browsers do
        return connection

    async def page(self, address: str, form: str | None = None) -> HTTPResponse:
        """A page, or what a form leads to, over all redirects."""
        how = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        answer = await self._fetch(address, "POST" if form else "GET", form, **how)
        for _ in range(20):
            if answer.code not in (301, 302, 303, 307):
                return answer
            address = urljoin(answer.effective_url, answer.headers["Location"])
            answer = await self._fetch(address, **how)
        raise self._note(f"{address}: it redirects for ever")

    async def _called(self, method: str, path: str, content: dict | None = None) -> HTTPResponse:
        address = urljoin(self.server, path)
        headers = {"X-XSRFToken": self._xsrf(address), "Content-Type": "application/json"}
        body = None if content is None else json.dumps(content)
        return await self._fetch(address, method, body, **headers)

    async def _fetch(
        self, address: str, method: str = "GET", body: str | None = None, **headers: str
    ) -> HTTPResponse:
        self.requests += 1
        request = HTTPRequest(
            address,
            method=method,
            body=body,
            headers=self._headers(address) | FROM_A_PAGE | headers,
            follow_redirects=False,
            request_timeout=SECONDS,
            connect_timeout=SECONDS,
            allow_nonstandard_methods=True,
        )
        where = f"{method} {urlsplit(address).path}"
        try:
            answer = await self._client.fetch(request, raise_error=False)
        except OSError as error:
            raise self._note(f"{where}: {error!r}") from None
        for line in answer.headers.get_list("Set-Cookie"):
            for name, morsel in SimpleCookie(line).items():
                self._cookies[morsel["path"] or "/", name] = morsel.value
        if answer.code >= 400:
            raise self._note(f"{where}: {answer.code} {answer.reason}")
        return answer

    def _note(self, what: str) -> Failed:
        self.failed.append(what)
        return Failed(what)

    def _sent(self, address: str) -> dict[str, str]:
        """The cookies of an address; of two with one name, that of the longer path."""
        path = urlsplit(address).path
        held = sorted(self._cookies.items(), key=lambda cookie: len(cookie[0][0]))
        return {name: value for (under, name), value in held if value and path.startswith(under)}

    def _xsrf(self, address: str) -> str:
        return self._sent(address).get("_xsrf", "")

    def _headers(self, address: str) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._sent(address).items())
        return {"Cookie": cookies} if cookies else {}
