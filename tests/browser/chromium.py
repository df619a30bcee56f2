"""A headless Chromium, driven by its DevTools protocol through a pipe: no port, and nothing to install beside it."""

from __future__ import annotations

import base64
import fcntl
import itertools
import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab.engine import require
from lab.process import new_log

SECONDS = 60
"""How long an answer may take on a busy machine."""
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--remote-debugging-pipe", "about:blank",
)
"""It runs as root in a container, where its sandbox does not, and opens nothing but our own files."""


class PageError(AssertionError):
    """What went wrong inside of the page, in the browser's words."""


class Page:
    """A page of the browser, and all that it complains of and asks for."""

    def __init__(self, commands: int, answers: int) -> None:
        """Open one.

        Args:
            commands: the end of a pipe that leads to the browser.
            answers: that of one from it.
        """
        self._commands, self._answers = commands, answers
        self._numbers = itertools.count(1)
        self._rest = b""
        self._session = ""
        self.complaints: list[str] = []
        """What stands in the console: messages, exceptions, and what the policy of the page has stopped."""
        self.requests: list[str] = []
        """The addresses of all that was asked for."""
        self._loaded: set[str] = set()
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)
        self.size(1280, 900)

    def call(self, method: str, **parameters: Any) -> Any:
        """Give a command of the protocol, and wait for its answer."""
        number = next(self._numbers)
        command = {"id": number, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == number:
                if "error" in message:
                    raise PageError(f"{method}: {message['error']['message']}")
                return message["result"]

    def open(self, file: Path, fragment: str = "") -> None:
        """Open a file, and wait until it is loaded."""
        for url in ("about:blank", file.resolve().as_uri() + fragment):  # a file that is open would only be scrolled
            loader = self.call("Page.navigate", url=url)["loaderId"]
            while loader not in self._loaded:
                self._next()

    def run(self, script: str) -> Any:
        """Give the value of an expression of JavaScript."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True)
        if "exceptionDetails" in done:
            raise PageError(done["exceptionDetails"]["exception"]["description"])
        return done["result"].get("value")

    def texts(self, selector: str) -> list[str]:
        """Give the text of each element, as it is seen."""
        texts: list[str] = self.run(f"[...document.querySelectorAll({json.dumps(selector)})].map(one => one.innerText)")
        return texts

    def click(self, selector: str, number: int = 0) -> None:
        """Click on one of the elements, with the mouse, where it is."""
        place = self.run(f"""(() => {{
            const element = document.querySelectorAll({json.dumps(selector)})[{number}];
            element.scrollIntoView({{block: "center", behavior: "instant"}});
            const box = element.getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2];
        }})()""")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)
        self.rest()

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)

    def press(self, key: str, text: str = "") -> None:
        """Press a key, by its name in the standard UI Events."""
        codes = {"Tab": 9, "Enter": 13, "Space": 32}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=text or key, code=key, text=text,
                  windowsVirtualKeyCode=codes[key])
        self.call("Input.dispatchKeyEvent", type="keyUp", key=text or key, code=key, windowsVirtualKeyCode=codes[key])
        self.rest()

    def rest(self) -> None:
        """Wait until the page has done what it was asked for, and shows it."""
        self.run("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")

    def size(self, width: int, height: int, scale: float = 1) -> None:
        """Give the page a screen."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale,
                  mobile=width < 600)

    def scheme(self, name: str) -> None:
        """Let the user prefer ``light`` or ``dark``; nothing moves, so that a click meets what it is for."""
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": name}, {"name": "prefers-reduced-motion", "value": "reduce"}])

    def scripting(self, allowed: bool) -> None:
        """Switch JavaScript off, or on again, for what is opened next."""
        self.call("Emulation.setScriptExecutionDisabled", value=not allowed)

    def picture(self, whole: bool = False) -> bytes:
        """Give a screenshot as PNG, of the screen or of the whole page."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(shot["data"])

    def printed(self) -> bytes:
        """Give the page as it is printed, as PDF."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=False)["data"])

    def _next(self) -> dict[str, Any]:
        """Wait for the next message, and note what it tells."""
        deadline = time.monotonic() + SECONDS
        while b"\0" not in self._rest:
            if not select.select([self._answers], [], [], max(0, deadline - time.monotonic()))[0]:
                raise PageError(f"the browser says nothing for {SECONDS} s")
            read = os.read(self._answers, 1 << 20)
            if not read:
                raise PageError("the browser has ended")
            self._rest += read
        text, _zero, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        self._note(message.get("method", ""), message.get("params", {}))
        return message

    def _note(self, event: str, told: dict[str, Any]) -> None:
        if event == "Page.lifecycleEvent" and told["name"] == "load":
            self._loaded.add(told["loaderId"])
        elif event == "Runtime.consoleAPICalled":
            self.complaints.append(" ".join(str(one.get("value", one.get("description"))) for one in told["args"]))
        elif event == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description", details["text"]))
        elif event == "Log.entryAdded":
            self.complaints.append(told["entry"]["text"])
        elif event == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])


@contextmanager
def chromium() -> Iterator[Page]:
    """Start a browser with one page; it is installed first where it is missing."""
    program = require("chromium", "chromium")
    for_commands, commands = os.pipe()
    answers, for_answers = os.pipe()

    def give_pipes() -> None:
        """Put the pipes where the browser looks for them, which may be where one of them is."""
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (for_commands, for_answers)]
        for number, end in enumerate(ends, 3):
            os.dup2(end, number)
            os.close(end)

    with tempfile.TemporaryDirectory() as profile, new_log("chromium").open("wb") as log:
        process = subprocess.Popen(  # what Python has opened, it does not hand on in any case
            [program, f"--user-data-dir={profile}", *OPTIONS], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            close_fds=False, preexec_fn=give_pipes)
        for end in (for_commands, for_answers):
            os.close(end)
        try:
            yield Page(commands, answers)
        finally:
            os.close(commands)  # then it ends
            process.wait(SECONDS)
            os.close(answers)
