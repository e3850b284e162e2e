"""The rules. Each is a generator of findings whose docstring is the rule; its code is in the catalogue.

`numbers` holds the rules over a case's numbers, `requirements` those over what it requires of them,
`complete` those over what it may leave out, `design` those over its architecture and decisions,
`records` those over blocks and trade-offs, and `library` those over everything at once.
"""

from casebook import catalogue
from casebook.checks import complete, design, numbers, records, requirements
from casebook.checks.scope import Rule, Scope, Use, uses
from casebook.findings import Finding
from casebook.spec import Case, Moved


def run(scope: Scope) -> list[Finding]:
    """Run every rule that one record decides alone.

    Advice on what a sound record could do better waits until it is sound: a misspelt name would
    otherwise be reported once more as a number that nothing uses.
    """
    rules: list[Rule] = []
    advice: list[Rule] = []
    if isinstance(scope.record, Moved):
        return list(records.modeline(scope))
    shared = (records.modeline, records.apart, records.cited, records.linked, records.own_ids)
    if not isinstance(scope.record, Case):
        rules = [*shared, records.sourced]
    else:
        rules = [*shared, *numbers.RULES, *requirements.RULES, *complete.RULES, *design.RULES]
        advice = [numbers.employed, design.numbered, design.turning]
    found = [finding for rule in rules for finding in rule(scope)]
    if not any(catalogue.blocks(finding.code) for finding in found):
        found += [finding for rule in advice for finding in rule(scope)]
    return found


__all__ = ["Scope", "Use", "run", "uses"]
