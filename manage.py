#!/usr/bin/env python3
"""Django's command line, pointed at this project."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collaborative.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed for this Python. Use “make run”, or .venv/bin/python manage.py …")
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # the outermost door: what is no failure to connect is raised again, traceback and all
        from collaborative.reachability import sentence_for

        sentence = sentence_for(error)
        if sentence is None:
            raise
        sys.exit(sentence)


if __name__ == "__main__":
    main()
