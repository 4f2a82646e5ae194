"""What a program and those that it has started use."""
import os, signal

TICK = 1 / os.sysconf("SC_CLK_TCK")


def family(ancestor):
    """{process: its ticks} of a process and its descendants."""
    parents, ticks = {}, {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open("/proc/%s/stat" % entry) as file:
                fields = file.read().rsplit(")", 1)[1].split()  # the name may hold anything; then state, parent, …
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(entry)] = int(fields[1])
        ticks[int(entry)] = sum(int(field) for field in fields[11:15])  # user, system, and both of children that were waited for
    found = {ancestor} & set(ticks)
    while True:
        more = {child for child, parent in parents.items() if parent in found} - found
        if not more:
            return {process: ticks[process] for process in found}
        found |= more


def processor(ancestor):
    """Seconds of processor time, user and system, of a process and its descendants, those that have ended too. The kernel counts
    exactly and tells in ticks, mostly of 10 ms."""
    return sum(family(ancestor).values()) * TICK


def end(ancestor):
    """Ends a process and its descendants, those that have a session of their own too."""
    for process in family(ancestor):
        try:
            os.kill(process, signal.SIGTERM)
        except ProcessLookupError:
            pass
