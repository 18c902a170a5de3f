"""Everything at once: write all corpora, run all tools on them, and write the tables of the README.

    python -m benchmarks.deid --dir /tmp/deid --cache /tmp/peers

Three corpora: `tuned` in the languages that rules may be developed with, `held_out` in five others, and
`held_out_second` in five more, with a stranger and sentences of their own for everybody.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.deid.ctp import home_of
from benchmarks.deid.generate import generate
from benchmarks.deid.peers import by_category, compare, default_cache, names_of_all, table
from benchmarks.deid.people import CORPORA


def main() -> None:
    """Run the whole benchmark and write results.md and results.json."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument(
        "--cache", type=Path, default=default_cache(), help="where the packages' environments lie"
    )
    parser.add_argument("--corpus", nargs="*", choices=CORPORA, default=list(CORPORA))
    parser.add_argument("--only", nargs="*", help="names of tools; all without it")
    parser.add_argument("--ctp-home", type=Path, help="folder of DAT.jar; CTP_HOME without it")
    arguments = parser.parse_args()
    ctp_home = home_of(arguments.ctp_home)
    names = arguments.only or names_of_all(ctp_home)
    text, numbers = [], {}
    for corpus in arguments.corpus:
        languages, seed, patients = CORPORA[corpus]
        folder = arguments.dir.resolve() / corpus
        if not (folder / "key.jsonl").exists():
            generate(folder, patients=patients, seed=seed, languages=languages)
        results = compare(folder, arguments.cache.resolve(), names, ctp_home=ctp_home)
        title = f"## {corpus.replace('_', ' ')}: {', '.join(languages)}"
        text.append(f"{title}\n\n{table(results)}\n\n{by_category(results)}\n")
        numbers[corpus] = [result.as_dict() for result in results]
        print(f"{title}\n\n{table(results)}\n", flush=True)
    (arguments.dir / "results.md").write_text("\n".join(text), encoding="utf-8")
    (arguments.dir / "results.json").write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")
    print(f"Written: {arguments.dir / 'results.md'}")


if __name__ == "__main__":
    main()
