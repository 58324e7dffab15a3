"""What Apache Arrow reads from a Parquet file, as JSON.

    python3 golden/parquet.py golden/table.parquet > golden/table-parquet.json

golden/table.parquet is the table of packages/cli/src/io/parquet.cases.ts as packages/cli/src/io/parquet.ts writes it.
"""
import json
import sys

import pyarrow.parquet

file = pyarrow.parquet.ParquetFile(sys.argv[1])
table = file.read()
print(json.dumps({
    'rows': file.metadata.num_rows,
    'groups': file.metadata.num_row_groups,
    'types': {field.name: str(field.type) for field in table.schema},
    'columns': table.to_pydict(),
}))
