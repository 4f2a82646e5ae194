"""Medians of the rounds, ratios within each, and how they are shown."""
from statistics import median

BOUND = 1 / 3  # of tsung's processor time, at most

# What is shown of each run: name, unit, how it follows from the run's figures; those with a bound are judged.
ROWS = [
    ("a message", "us", lambda f: f["message_us"], True),
    ("a connection, made and held", "us", lambda f: f["connection_us"], True),
    ("  making it", "us", lambda f: f["connecting_s"] / f["connections"] * 1e6, False),
    ("  holding it, a second", "us", lambda f: f["holding_s"] / f["held_for_s"] / f["connections"] * 1e6, False),
    ("delivery, mean", "ms", lambda f: f["delivery"]["mean_ms"], False),
    ("delivery, 50 %", "ms", lambda f: f["delivery"].get("p50_ms"), False),
    ("delivery, 99 %", "ms", lambda f: f["delivery"].get("p99_ms"), False),
    ("delivery, longest", "ms", lambda f: f["delivery"]["greatest_ms"], False),
]


def middle(rounds, who, figure):
    values = [figure(one[who]) for one in rounds]
    return None if None in values else median(values)


def judge(rounds):
    """{row: what came out}, over the rounds: {"assay": figures, "tsung": figures} of each."""
    result = {}
    for name, unit, figure, bound in ROWS:
        ratios = [figure(one["assay"]) / figure(one["tsung"]) for one in rounds] if bound else None
        result[name.strip()] = {
            "unit": unit,
            "assay": middle(rounds, "assay", figure),
            "tsung": middle(rounds, "tsung", figure),
            **({"ratios": ratios, "ratio": median(ratios), "bound": BOUND, "kept": median(ratios) <= BOUND} if bound else {}),
        }
    return result


def number(value):
    return "-" if value is None else "%.1f" % value if value >= 100 else "%.2f" % value


def show(rounds, other, settings, version):
    judged = judge(rounds)
    print("%-30s%12s%12s%9s   %s" % ("", "assay", "tsung " + version, "ratio", "ratios of the rounds"))
    for name, unit, figure, bound in ROWS:
        row = judged[name.strip()]
        line = "%-27s %s%12s%12s" % (name, unit, number(row["assay"]), number(row["tsung"]))
        if bound:
            line += "%9.2f   %s%s" % (row["ratio"], ", ".join("%.2f" % ratio for ratio in row["ratios"]), "" if row["kept"] else
                                      "   MORE THAN A THIRD")
        print(line)
    print("tsung %s, once: %s us a message, of which assay's is %.2f; %s us a connection, %.2f" % (
        "as it is installed, without the settings that make it cheaper" if settings == "tuned" else "with settings that make it cheaper",
        number(other["message_us"]), judged["a message"]["assay"] / other["message_us"],
        number(other["connection_us"]), judged["a connection, made and held"]["assay"] / other["connection_us"]))
    return judged
