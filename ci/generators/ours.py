"""assay load: one run that connects, holds without a message, and sends messages, as tsung's does."""
import json, os, resource, subprocess
from server import Trouble


class Run:
    """Run(…).measure()"""

    def __init__(self, server, options, folder):
        self.server, self.options, self.folder = server, options, folder

    def measure(self):
        o = self.options
        before = self.used_by_children()
        out = os.path.join(self.folder, "load")
        # A request of the profile office is a message and its receipt, both of them stanzas that one side sends and the other gets.
        ran = subprocess.run(
            [o.assay, "load", self.server.target, "--profile", "office", "--fixed", "--connections", str(o.connections), "--mechanism", "PLAIN",
             "--connect-rate", str(o.connect_rate), "--idle", "%ds" % o.hold, "--hold", "%ds" % o.hold, "--rate", "%g" % (o.rate / 2),
             "--warm-up", "0", "--size", str(o.size), "--bound", "60s", "--within", "60s", "--out", out],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if ran.returncode > 1:
            raise Trouble("assay load: " + (ran.stdout.strip().splitlines() or ["it said nothing"])[-1])
        with open(os.path.join(out, "load.json")) as file:
            figures = self.figures(json.load(file))
        figures["whole_s"] = self.used_by_children() - before
        if figures["connecting_s"] + figures["holding_s"] + figures["stage_s"] > figures["whole_s"]:
            raise Trouble("assay load tells more processor time than the kernel does")
        return figures

    @staticmethod
    def used_by_children():
        """Seconds, user and system, of the processes that have ended and been waited for."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    def figures(self, load):
        if load["state"] != "measured":
            raise Trouble("assay load: " + load["reason"])
        [stage] = load["stages"]
        if any(stage["faults"].values()):
            raise Trouble("assay load: of %d messages some did not arrive as they should: %s; is this machine too busy?" % (
                stage["sent"], ", ".join("%d %s" % (count, name) for name, count in stage["faults"].items() if count)))
        connecting, holding, costs = load["connecting"]["cost"], load["holding"]["cost"], stage["cost"]
        messages = 2 * stage["finished"]
        delivery = stage["series"][0]
        second = holding["processor_ns"] / holding["took_ns"]
        return {
            "connections": load["holding"]["held"],
            "connecting_s": connecting["processor_ns"] / 1e9,
            "holding_s": holding["processor_ns"] / 1e9,
            "held_for_s": holding["took_ns"] / 1e9,
            "stage_s": costs["processor_ns"] / 1e9,
            "stage_for_s": costs["took_ns"] / 1e9,
            "messages": messages,
            "message_us": (costs["processor_ns"] - second * costs["took_ns"]) / messages / 1e3,
            "connection_us": (connecting["processor_ns"] + holding["processor_ns"]) / load["holding"]["held"] / 1e3,
            "delivery": {"count": delivery["count"], "mean_ms": delivery["mean"] / 1e6, **{
                name + "_ms": value / 1e6 for name, value in delivery["percentiles"].items()}},
            "faults": stage["faults"],
        }
