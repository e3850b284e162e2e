"""The shortest case that compiles, with comments that teach: what `casebook new` writes and the site offers."""

import json
import re
import unicodedata
from importlib.resources import files

DOMAINS = {
    "pipelines": "platform",
    "feature-stores": "platform",
    "deployment": "platform",
    "end-to-end": "recommendation",
}
PLAIN = re.compile(r"[A-Za-z][\w ,.()/+’-]*")


def ident(title: str) -> str:
    """Return the id that a title suggests: small letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-")


def case(track: str, title: str, domain: str, level: str, year: int) -> str:
    """Return the YAML of a new case."""
    text = files("casebook").joinpath("templates/scaffold.yml").read_text(encoding="utf-8")
    shown = title if PLAIN.fullmatch(title) else json.dumps(title, ensure_ascii=False)
    for name, value in {"track": track, "title": shown, "domain": domain, "level": level, "year": str(year)}.items():
        text = text.replace(f"@{name}@", value)
    return text
