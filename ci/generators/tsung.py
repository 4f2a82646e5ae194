"""tsung 1.7: one run that connects, holds without a message, sends messages, and closes."""
import math, os, shutil, subprocess, time
from xml.sax.saxutils import quoteattr
import processes
from server import Trouble

SETTLE = 2  # seconds after the last connection until it counts as connected: logged in, bound, and presence sent
LOOK = 0.2  # seconds between looks at what is connected

# What makes tsung cheaper than it is by itself, each without a change to what it does. Its virtual machine would otherwise spin while it
# waits (+sbwt), and tell for each connection that it has not verified the certificate (logger_level). No epmd is started, which would
# stay behind, and nothing listens but on loopback.
TUNED = "+sbwt none +sbwtdcpu none +sbwtdio none -kernel logger_level error"
INSTALLED = ""
CLOSED = "-start_epmd false -erl_epmd_port %d -kernel inet_dist_use_interface {127,0,0,1}"

# Users and passwords come from a file, in its order (file_server, setdynvars). STARTTLS needs bidi="true": only then does tsung look
# at what comes without being asked for. A message that is `stamped` holds the instant of its making, by which tsung tells how long it
# took; without that it tells nothing of deliveries. `ack` says what a request waits for: local, for anything that comes; global, until
# all users are as far; no_ack, for nothing. Parts of a second are no values of min, but of value.
SCENARIO = """<?xml version="1.0"?>
<!DOCTYPE tsung SYSTEM "/usr/share/tsung/tsung-1.0.dtd">
<tsung loglevel="warning" version="1.0">
  <clients><client host="127.0.0.1" use_controller_vm="true" maxusers="100000"/></clients>
  <servers><server host={address} port="{port}" type="tcp"/></servers>
  <load>
    <arrivalphase phase="1" duration="1" unit="hour"><users arrivalrate="{connect_rate}" unit="second" maxnumber="{connections}"/></arrivalphase>
  </load>
  <options>
    <option type="ts_jabber" name="domain" value={domain}/>
    <option type="ts_jabber" name="global_number" value="{connections}"/>
    <option type="ts_jabber" name="userid_max" value="0"/>
    <option type="ts_jabber" name="random_from_fileid" value="users"/>
    <option type="ts_jabber" name="offline_from_fileid" value="users"/>
    <option type="ts_jabber" name="fileid_delimiter" value=";"/>
    <option name="file_server" id="users" value={users}/>
  </options>
  <sessions>
    <session name="chat" type="ts_jabber" probability="100" bidi="true">
      <setdynvars sourcetype="file" fileid="users" delimiter=";" order="iter"><var name="username"/><var name="password"/></setdynvars>
      <request subst="true"><jabber type="connect" ack="local"><xmpp_authenticate username="%%_username%%" passwd="%%_password%%"/></jabber></request>
      <request><jabber type="starttls" ack="bidi_ack"/></request>
      <request><jabber type="connect" ack="local"/></request>
      <request><jabber type="auth_sasl" ack="local"/></request>
      <request><jabber type="connect" ack="local"/></request>
      <request><jabber type="auth_sasl_bind" ack="local"/></request>
      <request><jabber type="iq:roster:get" ack="local"/></request>
      <request><jabber type="presence:initial" ack="global"/></request>
      <thinktime value="{quiet}"/>
      <thinktime min="1" max="{spread}" random="true"/>
      <for var="number" from="1" to="{each}">
        <request><jabber type="chat" ack="no_ack" size="{size}" stamped="true" destination="online"/></request>
        <thinktime value="{gap}"/>
      </for>
      <thinktime value="{tail}"/>
      <request><jabber type="close" ack="local"/></request>
    </session>
  </sessions>
</tsung>
"""


def installed():
    return shutil.which("tsung") is not None


def version():
    said = subprocess.run(["tsung", "-v"], stdout=subprocess.PIPE, text=True, check=False).stdout.split()
    return said[-1] if said else "?"


def last_statistics(path):
    """What tsung had counted at its end: {name: [numbers]}. A line of a count ends with the total; one of a sample is: number, mean and
    deviation since the last time, greatest, least, then mean and number before that."""
    values = {}
    with open(path) as file:
        for line in file:
            words = line.split()
            if line.startswith("stats: ") and not words[1].startswith("{"):
                values[words[1]] = [float(word) for word in words[2:]]
    return values


def sample(numbers):
    """Number, mean and greatest (milliseconds) of all that a sample has seen."""
    new, mean_new, _, greatest, _, mean_old, old = numbers
    count = new + old
    return {"count": int(count), "mean_ms": (new * mean_new + old * mean_old) / count if count else None, "greatest_ms": greatest}


class Run:
    """Run(…).measure()"""

    def __init__(self, server, options, folder, flags):
        self.server, self.options, self.folder = server, options, folder
        self.gap = options.connections / options.rate  # seconds between two messages of one user
        self.each = round(options.hold / self.gap)
        self.spread = 1 + math.ceil(self.gap)
        self.quiet = SETTLE + options.hold + 1
        self.flags = flags + " " + CLOSED % (server.port + 15)

    def write(self):
        users = os.path.join(self.folder, "users.csv")
        with open(users, "w") as file:
            file.write("".join("%s;%s\n" % user for user in self.server.users))
        self.scenario = os.path.join(self.folder, "scenario.xml")
        with open(self.scenario, "w") as file:
            file.write(SCENARIO.format(address=quoteattr(self.server.address), port=self.server.port, domain=quoteattr(self.server.domain),
                                       users=quoteattr(users), connections=self.options.connections, connect_rate=self.options.connect_rate,
                                       quiet=self.quiet, spread=self.spread, each=self.each, size=self.options.size, gap="%.3f" % self.gap,
                                       tail=self.spread + 2 * SETTLE))

    def measure(self):
        self.write()
        environment = dict(os.environ, HOME=self.folder, ERL_AFLAGS=self.flags)
        with open(os.path.join(self.folder, "output"), "wb") as output:
            self.process = subprocess.Popen(["tsung", "-n", "-I", "127.0.0.1", "-f", self.scenario, "-l", self.folder + "/log", "-m", "statistics",
                                             "start"], env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        try:
            marks = self.watch()
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            raise Trouble("tsung did not end") from None
        finally:
            self.end()
        return self.figures(*marks)

    def end(self):
        if self.process.poll() is None:
            processes.end(self.process.pid)
            self.process.wait()

    def mark(self):
        return time.monotonic(), processes.processor(self.process.pid)

    def stay(self, seconds):
        """While tsung goes on with its own."""
        try:
            self.process.wait(max(0, seconds))
        except subprocess.TimeoutExpired:
            return
        with open(os.path.join(self.folder, "output"), errors="replace") as file:
            raise Trouble("tsung ended before its time: " + " ".join(file.read().split())[-300:])

    def await_connections(self):
        # (The kernel's table is not read at one instant: a look may miss one of them.)
        within = 30 + 5 * self.options.connections / self.options.connect_rate
        deadline = time.monotonic() + within
        while self.server.connected() < self.options.connections:
            self.stay(LOOK)
            if time.monotonic() > deadline:
                raise Trouble("tsung has %d of %d connections after %d s" % (self.server.connected(), self.options.connections, within))

    def mark_at(self, instant):
        self.stay(instant - time.monotonic())
        return self.mark()

    def watch(self):
        """Four marks: before the first connection, all connected, at the end of the silence, all messages sent and arrived."""
        before = self.mark()
        while self.server.connected() == 0:  # while its virtual machine starts, which is not counted
            before = self.mark()
            self.stay(LOOK)
        self.await_connections()
        all_there = time.monotonic()
        online = self.mark_at(all_there + SETTLE)
        silent = self.mark_at(online[0] + self.options.hold)
        over = self.mark_at(all_there + self.quiet + self.spread + (self.each - 1) * self.gap + SETTLE)
        return before, online, silent, over

    def figures(self, before, online, silent, over):
        [log] = [os.path.join(self.folder, "log", name, "statistics") for name in os.listdir(self.folder + "/log")]
        counted = last_statistics(log)
        errors = {name: int(numbers[-1]) for name, numbers in counted.items() if name.startswith("error")}
        made = sample(counted["connect"])["count"]  # more than there are where one was lost and made again
        sent = int(counted["request_noack"][-1])
        if made != self.options.connections or sent != self.each * made or errors:
            raise Trouble("tsung made %d connections and sent %d messages, not %d and %d; errors: %s" % (
                made, sent, self.options.connections, self.each * self.options.connections, errors or "none"))
        second = (silent[1] - online[1]) / (silent[0] - online[0])
        return {
            "connections": self.options.connections,
            "connecting_s": online[1] - before[1],
            "holding_s": silent[1] - online[1],
            "held_for_s": silent[0] - online[0],
            "stage_s": over[1] - silent[1],
            "stage_for_s": over[0] - silent[0],
            "messages": sent,
            "message_us": (over[1] - silent[1] - second * (over[0] - silent[0])) / sent * 1e6,
            "connection_us": (silent[1] - before[1]) / self.options.connections * 1e6,
            "whole_s": over[1],
            "delivery": sample(counted["xmpp_msg_latency"]),
            "errors": errors,
        }
