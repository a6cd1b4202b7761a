#!/bin/sh
# Prints the first Python that runs and is 3.12 or newer, or says what to install. pyenv's shims exist for versions
# that are not selected and then refuse to run, so a name on PATH proves nothing until it has been started.
new_enough='import sys; sys.exit(sys.version_info < (3, 12))'
pyenv_root=$(pyenv root 2>/dev/null)
for candidate in "$PYTHON" python3.13 python3.12 python3 "$pyenv_root"/versions/3.1[2-9]*/bin/python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c "$new_enough" 2>/dev/null; then
        command -v "$candidate"
        exit 0
    fi
done
echo "No Python 3.12 or newer was found. Install one (Debian 13: apt-get install python3 python3-venv; any system: pyenv install 3.12) or name it: make PYTHON=/path/to/python3.12 …" >&2
exit 1
