#!/usr/bin/env python
"""Django's command line. DEBUG=1 chooses the development settings."""

import os
import sys

from django.core.management import execute_from_command_line

from config.env import SettingError, settings_module


def main() -> None:
    try:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings_module())
        execute_from_command_line(sys.argv)
    except SettingError as error:
        sys.exit(f"{error}\n.env.example says what each variable is for.")


if __name__ == "__main__":
    main()
