# Two commands matter: "make run" and "make test". Prerequisites: git make python3-venv (Python 3.11 or newer).
.DEFAULT_GOAL := help
.PHONY: help run test faults faults-intake model fuzz bench lint format lock
PYTHON_HERE := .venv/bin/python

help:
	@echo 'make run      start the application here and print its address and one sign-in for every role'
	@echo '              (make run PORT=8080 for another port; DATABASE_URL and REDIS_URL for PostgreSQL and Redis)'
	@echo 'make test     run everything that the continuous integration runs, and say what was left out'
	@echo 'make faults   the long tests under fault: 10,000 mails and kill -9 every second; every machine fails 20 times'
	@echo 'make faults-intake  50 writers each interrupted by an ended session, a dropped line, kill -9, a second tab'
	@echo 'make model    2,000 histories of deadlines, faults and reminders against an oracle; make test plays 200 of them'
	@echo 'make fuzz     100,000 forged posts to every form, on SQLite and on PostgreSQL; make test sends 2,500 to each'
	@echo 'make bench    what it costs to remind, to remove, to apply and to score (benchmarks/README.md)'
	@echo 'make lint     check style, imports between rooms and missing migrations'
	@echo 'make format   rewrite the Python files in the one style'
	@echo 'make lock     write down what is installed now as requirements.lock'

run:
	@scripts/venv.sh requirements.txt
	@$(PYTHON_HERE) scripts/first_env.py .env
	@exec $(PYTHON_HERE) manage.py serve

test:
	@scripts/venv.sh requirements-dev.txt
	@exec $(PYTHON_HERE) scripts/test.py

faults:
	@scripts/venv.sh requirements-dev.txt
	@FAULT_MAILS=10000 FAULT_PAUSE=1 FAULT_ROUNDS=20 exec $(PYTHON_HERE) -m pytest -q -m faults -p no:xdist --timeout 3600 tests/faults

faults-intake:
	@scripts/venv.sh requirements-dev.txt
	@INTAKE_RUNS=50 exec $(PYTHON_HERE) -m pytest -q -m browser -p no:xdist tests/browser/test_interruptions.py

model:
	@scripts/venv.sh requirements-dev.txt
	@MODEL_RUNS=2000 exec $(PYTHON_HERE) -m pytest -q -p no:xdist --timeout 7200 tests/programs/test_model.py

fuzz:
	@scripts/venv.sh requirements-dev.txt
	@exec $(PYTHON_HERE) scripts/fuzz.py

bench:
	@scripts/venv.sh requirements-dev.txt
	@$(PYTHON_HERE) -m benchmarks.mail
	@$(PYTHON_HERE) -m benchmarks.retention
	@$(PYTHON_HERE) -m benchmarks.intake
	@$(PYTHON_HERE) -m benchmarks.assessments
	@exec $(PYTHON_HERE) -m benchmarks.planning

lint:
	@scripts/venv.sh requirements-dev.txt
	@exec $(PYTHON_HERE) scripts/test.py --lint

format:
	@scripts/venv.sh requirements-dev.txt
	@$(PYTHON_HERE) -m ruff check --fix-only --quiet .
	@exec $(PYTHON_HERE) -m ruff format .

lock:
	@scripts/venv.sh requirements-dev.txt
	@exec $(PYTHON_HERE) scripts/lock.py
