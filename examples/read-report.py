"""Print the expressions of a report as a table, and its caveats.

    python3 examples/read-report.py report/report.json

Needs nothing besides the standard library.
"""

import json
import sys


def main(path):
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    if report["schema"] != "telltale.report/1":
        sys.exit(f"{path} has the format {report['schema']}, not telltale.report/1")

    clip = report["clip"]
    print(f"{clip['name']}: {clip['frames']} frames, {clip['duration']:.2f} s")

    print("kind\tonset\tapex\toffset\tverdict\tprobability\tregion")
    for expression in report["expressions"]:
        times = [f"{expression[point]['time']:.2f}" for point in ("onset", "apex", "offset")]
        # Blinks have no classes, and neither have reports without a recognizer.
        classes = expression.get("classes", {})
        probability = f"{max(classes.values()):.2f}" if classes else ""
        region = max(expression["regions"], key=expression["regions"].get)
        verdict = expression.get("verdict", "")
        print("\t".join([expression["kind"], *times, verdict, probability, region]))

    # A movement is None in frames without a face.
    movement = [value for value in report["movement"]["values"] if value is not None]
    print(f"frames with a face: {len(movement)}, largest movement: {max(movement):.2f}")
    for caveat in report["caveats"]:
        print(f"caveat: {caveat}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python3 examples/read-report.py REPORT.json")
    main(sys.argv[1])
