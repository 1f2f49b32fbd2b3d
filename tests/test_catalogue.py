"""Every sentence of the product has its Vietnamese, and what is compiled is what is written."""

import subprocess
import sys
from pathlib import Path


def test_every_sentence_is_translated_and_compiled() -> None:
    tool = Path(__file__).parent.parent / "tools" / "catalogue.py"
    done = subprocess.run([sys.executable, str(tool), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
