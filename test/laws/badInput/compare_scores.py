"""Says how far two files of stored predictions lie apart, on the rows that both hold: `compare_scores.py ONE OTHER`."""

import json
import sys

import pyarrow.compute as pc
import pyarrow.parquet as pq


def main(one: str, other: str) -> None:
    columns = ["reign_row_id", "score"]
    both = pq.read_table(one, columns=columns).join(
        pq.read_table(other, columns=columns), "reign_row_id", join_type="inner", right_suffix="_of_other"
    )
    apart = pc.abs(pc.subtract(both["score"], both["score_of_other"]))
    print(json.dumps({"rows": len(both), "largestDifference": pc.max(apart).as_py()}))


if __name__ == "__main__":
    main(*sys.argv[1:])
