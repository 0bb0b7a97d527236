PYTHON ?= python

.PHONY: check test laws quality faults ray report-test bench guard results docs articles models

check:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	cython-lint src/socialtext/*.pyx src/socialtext/*/*.pyx

test:
	$(PYTHON) -m pytest

laws:
	HYPOTHESIS_PROFILE=search LAW_EXAMPLES=5000 $(PYTHON) -m pytest tests/laws tests/unit/normalize

faults:
	$(PYTHON) -m pytest tests/faults -m "not ray" -rP

ray:
	$(PYTHON) -m pytest tests/faults -m ray

quality:
	$(PYTHON) tests/quality/gate.py

report-test:
	$(PYTHON) -m pytest tests/browser -m browser

bench:
	$(PYTHON) -m benchmarks all --profile fast

guard:
	$(PYTHON) -m benchmarks guard

# After the last change of a release: DATA is the folder of public data that benchmarks/README.md names.
results:
	$(PYTHON) -m benchmarks release
	$(PYTHON) -m benchmarks all --profile fast --data $(DATA)
	$(PYTHON) -m benchmarks render

docs:
	NO_MKDOCS_2_WARNING=1 $(PYTHON) -m mkdocs build --strict

articles:
	$(PYTHON) -m socialtext.training.articles corpora/markup corpora/articles corpora/articles.jsonl

models: articles
	$(PYTHON) -m socialtext train blocks --data corpora -o models/blocks
	$(PYTHON) -m socialtext train units --data corpora -o models/units
	$(PYTHON) -m socialtext train themes --data corpora -o models/themes
