"""Hold what the models reach: figures below their floors fail, and so do floors that were set for other data.

``python tests/quality/gate.py`` measures everything anew, by cross-validation too; ``--quick`` only what the released
models say of the annotated articles, which they were trained on: a fall there is a fault of the code.
``--update`` writes the digests of the corpora and models at hand and raises floors; only ``--lower`` lowers them.
"""

import argparse
import hashlib
import json
import math
import sys
from importlib.resources import files
from pathlib import Path

FLOORS = Path(__file__).with_name("floors.json")
CORPORA = Path(str(files("socialtext") / "corpora" / "articles.jsonl")).parent
MODELS = Path(str(files("socialtext") / "models" / "themes" / "model.json")).parent.parent
MARGIN = 0.005  # what a figure may lose to chance


def digest_data():
    """Return the digests of what the figures depend on."""
    paths = [CORPORA / "articles.jsonl", *sorted((CORPORA / "passages").glob("*.jsonl"))]
    paths += sorted(MODELS.glob("*/model.json"))  # which names the digest of the weights
    roots = {path: path.parent.name if path.name == "model.json" else path.name for path in paths}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for path, name in roots.items()}


def measure_articles():
    """Return what the released models reach on the articles, from raw text to labels."""
    from dataclasses import asdict

    import socialtext as st
    from socialtext.evaluation.documents import evaluate_documents, read_documents

    gold = read_documents(CORPORA / "articles.jsonl")
    nlp = st.Pipeline()
    found = {}
    for key, article in gold.items():
        document = nlp(article["text"], lang=article["lang"])
        found[key] = {
            "blocks": [asdict(block) for block in document.blocks],
            "sentences": [asdict(sentence) for sentence in document.sentences],
            "units": [
                {"start": u.start, "end": u.end, "advice": u.advice, "themes": list(u.themes), "scores": u.scores}
                for u in document.units
            ],
        }
    scores = evaluate_documents(gold, found).scores["all"]
    return {
        "boilerplate": scores.blocks["boilerplate"],
        "sentences": scores.sentence_f1,
        "unit similarity": scores.unit_similarity,
        "themes": scores.themes["macro"],
        "advice": scores.advice_f1,
        "calibration": 1.0 - scores.calibration_error,
    }


def cross_validate():
    """Return what the classifier reaches on sources that it has not seen."""
    from socialtext.training.build import read_examples
    from socialtext.training.themes import ExampleReader, train_themes

    reader = ExampleReader()
    figures = train_themes(read_examples(CORPORA, reader), reader.matchers).info["cross_validation"]
    return {
        "themes of units in context": figures["article_units_in_context"]["macro"],
        "advice of units in context": figures["article_units_in_context"]["advice"],
        "themes of passages alone": figures["passages_alone"]["macro"],
        "advice of passages alone": figures["passages_alone"]["advice"],
        "calibration": 1.0 - figures["calibration_error"],
    }


def check(floors, measured, digests):
    """Return what is wrong, one sentence each; nothing to check is wrong too."""
    faults = []
    if floors.get("digests") != digests:
        faults.append("the floors were set for other corpora or models: look at the figures, then run with --update")
    n_checked = 0
    for group, figures in measured.items():
        for name, figure in figures.items():
            floor = floors.get(group, {}).get(name)
            if floor is None:
                faults.append(f"{group}, {name}: {figure:.3f} has no floor")
                continue
            n_checked += 1
            if not figure >= floor:
                faults.append(f"{group}, {name}: {figure:.3f} is under its floor of {floor:.3f}")
    if not n_checked:
        faults.append("nothing was checked")
    return faults


def set_floors(floors, measured, digests, *, lower):
    """Return floors for what was measured; none falls unless `lower` says so."""
    result = {**floors, "digests": digests}
    for group, figures in measured.items():
        old = floors.get(group, {})
        new = {name: math.floor(1000 * (figure - MARGIN)) / 1000 for name, figure in figures.items()}
        result[group] = {name: value if lower else max(value, old.get(name, 0.0)) for name, value in new.items()}
    return result


def main():
    """Measure, print, and fail where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--lower", action="store_true")
    options = parser.parse_args()
    floors = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    measured = {"articles": measure_articles()}
    if not options.quick:
        measured["cross-validation"] = cross_validate()
    digests = digest_data()
    if options.update:
        floors = set_floors(floors, measured, digests, lower=options.lower)
        FLOORS.write_text(json.dumps(floors, indent=1) + "\n", encoding="utf-8")
    for group, figures in measured.items():
        for name, figure in figures.items():
            print(f"{group + ', ' + name:45} {figure:.3f}  floor {floors.get(group, {}).get(name, math.nan):.3f}")
    faults = check(floors, measured, digests)
    print("\n".join(faults) if faults else "all floors hold")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
