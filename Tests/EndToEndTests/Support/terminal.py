"""A person at a terminal: starts crew from a shell with job control, stops it with Ctrl-Z, takes it up again with fg.

    terminal.py CREW FILE

Reads nothing but what the terminal shows. Prints what was wrong and ends with 1, or ends with 0.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

PATIENCE = float(os.environ.get("CREW_TEST_PATIENCE", "120"))  # for a machine on which nothing works


def shell(command):
    """A shell with one job: in the foreground until it stops or ends; `fg` and `bg` take it up again."""
    for number in (signal.SIGTTOU, signal.SIGTTIN, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    own = os.getpgrp()
    print("SHELL: $ crew run", flush=True)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpgrp())
        for number in (signal.SIGTTOU, signal.SIGTTIN, signal.SIGTSTP):
            signal.signal(number, signal.SIG_DFL)
        os.execv(command[0], command)
    try:
        os.setpgid(job, job)
    except OSError:
        pass
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        os.tcsetpgrp(0, own)
        if not os.WIFSTOPPED(status):
            print("SHELL: ended with", os.waitstatus_to_exitcode(status), flush=True)
            return
        print("SHELL: stopped", flush=True)
        for line in sys.stdin:
            word = line.strip()
            if word == "fg":
                os.tcsetpgrp(0, job)
                os.killpg(job, signal.SIGCONT)
                break
            print("SHELL:", word, flush=True)


class Screen:
    """What the terminal shows, line by line; wide enough that nothing wraps."""

    def __init__(self):
        self.lines, self.row, self.column, self.cursor = [""], 0, 0, True
        self.rest = ""

    def write(self, text):
        text, self.rest = self.rest + text, ""
        while text:
            escape = re.match(r"\x1b\[([?0-9;]*)([A-Za-z])", text)
            if escape:
                self.escape(escape[1], escape[2])
                text = text[escape.end():]
            elif text[0] == "\x1b":
                self.rest = text
                return
            else:
                self.put(text[0])
                text = text[1:]

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")
        elif character >= " ":
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[:self.column] + character + line[self.column + 1:]
            self.column += 1

    def escape(self, parameters, letter):
        if letter == "A":
            self.row = max(0, self.row - int(parameters or 1))
        elif letter == "K" and parameters == "2":
            self.lines[self.row] = ""
        elif letter == "J":
            self.lines[self.row] = self.lines[self.row][:self.column]
            del self.lines[self.row + 1:]
        elif parameters == "?25":
            self.cursor = letter == "h"


class Person:
    def __init__(self, command):
        self.screen = Screen()
        self.job, self.terminal = pty.fork()
        if self.job == 0:
            try:
                shell(command)
            finally:
                os._exit(0)
        self.resize(200, 40)

    def resize(self, columns, rows):
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.terminal, text.encode())

    def see(self, what, condition):
        """Waits until the screen is as it should be."""
        deadline = time.monotonic() + PATIENCE
        while not condition(self.screen):
            if time.monotonic() > deadline or not self.read():
                self.fail(f"never seen: {what}")

    def read(self):
        ready, _, _ = select.select([self.terminal], [], [], PATIENCE)
        if not ready:
            return False
        try:
            data = os.read(self.terminal, 1 << 16)
        except OSError:
            return False
        self.screen.write(data.decode("utf-8", "replace"))
        return bool(data)

    def require(self, what, holds):
        if not holds:
            self.fail(what)

    def fail(self, what):
        print(what, *self.screen.lines, f"cursor shown: {self.screen.cursor}", sep="\n")
        os.kill(self.job, signal.SIGKILL)
        sys.exit(1)


def region(screen):
    """The rows of the live view: from its heading to the sums."""
    return [line for line in screen.lines if " under way)" in line or re.match("[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ", line)]


def shown(screen):
    lines = region(screen)
    return len(lines) == 2 and not screen.cursor and screen.lines[-1].startswith("$0.00")


def main(arguments):
    person = Person(arguments)
    person.see("the live view", shown)

    person.type("\x1a")
    person.see("the shell, after Ctrl-Z", lambda s: any("SHELL: stopped" in line for line in s.lines))
    person.require("the cursor is not given back", person.screen.cursor)
    person.require("the live view is left behind", not region(person.screen))
    # Whatever crew drew now would stand before what the shell says next.
    before = [line for line in person.screen.lines if line.strip()]
    person.type("still here\n")
    person.see("the shell's answer", lambda s: any("SHELL: still here" in line for line in s.lines))
    now = [line for line in person.screen.lines if line.strip()]
    person.require(
        "something was drawn over the shell",
        now[:len(before)] == before and [line for line in now[len(before):] if "still here" not in line] == [],
    )

    person.type("fg\n")
    person.see("the live view, taken up", shown)
    person.require("the shell's lines are gone", sum("SHELL: stopped" in line for line in person.screen.lines) == 1)

    # Stopped by somebody else and without a word: what is drawn by then stays, and nothing above it is touched.
    person.type("\x1a")
    person.see("the shell again", lambda s: sum("SHELL: stopped" in line for line in s.lines) == 2)
    person.require("the cursor is not given back the second time", person.screen.cursor)
    person.require("the live view is left behind the second time", not region(person.screen))
    person.type("fg\n")
    person.see("the live view, taken up again", shown)

    person.resize(40, 40)
    person.see("the live view in fewer columns", lambda s: shown(s) and all(len(line) < 40 for line in region(s)))

    person.type("\x03")
    person.see("the end", lambda s: any("SHELL: ended with 130" in line for line in s.lines))
    person.require("the cursor is not given back at the end", person.screen.cursor)
    person.require("the live view is left behind at the end", not region(person.screen))


main(sys.argv[1:])
