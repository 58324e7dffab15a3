"""Numbers in half precision, by Python's struct module.

    python3 golden/half.py > golden/half.json
"""

import json
import random
import struct

random.seed(1)
values = [0.0, 1.0, 65504.0, 65519.0, 2.0**-24, 2.0**-25, 3 * 2.0**-25, 2.0**-14, 1 + 2.0**-11, 1 + 3 * 2.0**-11]
values += [random.uniform(1, 2) * 2.0 ** random.randint(-26, 14) for _ in range(400)]
values = [struct.unpack("<f", struct.pack("<f", value))[0] for value in values]
pairs = [[value, struct.unpack("<H", struct.pack("<e", value))[0]] for value in values]
print(json.dumps({"made": "Python's struct module", "pairs": pairs}))
