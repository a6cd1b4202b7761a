"""What the documentation tells receivers of webhooks to do works."""

import re
import time
from pathlib import Path
from textwrap import dedent

from pfd_panel.monitoring import signing
from pfd_panel.monitoring.settings import MonitoringSettings

DOCS = (Path(__file__).parents[3] / "docs" / "monitoring.md").read_text(encoding="utf-8")


def test_the_receiver_of_the_documentation_tells_genuine_messages_from_others() -> None:
    code = re.search(r"\n\n(    import hashlib.*?)\n\n[^ \n]", DOCS, re.DOTALL)
    assert code is not None
    told: dict[str, object] = {}
    exec(dedent(code.group(1)), told)
    genuine = told["genuine"]
    assert callable(genuine)
    secret, body, now = signing.new_secret(), b'{"id":1}', int(time.time())
    signature = signing.sign(secret, body, now)
    assert genuine(secret, body, str(now), signature)
    assert not genuine(secret, body + b" ", str(now), signature)
    assert not genuine(secret, body, str(now - 400), signing.sign(secret, body, now - 400))


def test_every_setting_is_documented() -> None:
    assert [name for name in MonitoringSettings.model_fields if f"PFD_{name.upper()}" not in DOCS] == []
