"""Rules over a case's architecture and decisions."""

from collections.abc import Iterator

from casebook.checks.scope import Rule, Scope
from casebook.findings import Finding
from casebook.latency import runs, step_latency
from casebook.meant import nearest
from casebook.quantity import show

ENOUGH_BY_NUMBERS = 2


def connected(scope: Scope) -> Iterator[Finding]:
    """Every step of a flow must go from one component of the case to another; a failure must begin at one."""
    parts, where = scope.case.architecture.components, ("architecture", "components")
    said = [
        end for flow in scope.case.architecture.flows.values() for step in flow.steps for end in (step.from_, step.to)
    ]
    said += [failure.component for failure in scope.case.failures if failure.component]
    for index, failure in enumerate(scope.case.failures):
        if failure.component is not None and failure.component not in parts:
            what = f'"{failure.component}", where a failure begins, is not a component'
            at, listed = ("failures", index, "component"), "a component listed under `components`"
            yield scope.misnamed("C050", failure.component, said, where) or scope.unknown(
                "C050", at, what, failure.component, parts, listed
            )
    for name, flow in scope.case.architecture.flows.items():
        for index, step in enumerate(flow.steps):
            loc = ("architecture", "flows", name, "steps", index)
            for key, end, verb in (("from", step.from_, "starts at"), ("to", step.to, "goes to")):
                if end not in parts:
                    yield scope.misnamed("C050", end, said, where) or scope.unknown(
                        "C050",
                        (*loc, key),
                        f'flow "{name}" {verb} "{end}", which is not a component',
                        end,
                        parts,
                        "a component listed under `components`",
                    )
            if step.from_ == step.to and step.to in parts:
                yield scope.found(
                    "C060",
                    (*loc, "to"),
                    f'a step of flow "{name}" goes from "{step.to}" to itself',
                    "say what the component does in its `does`, or name the other end",
                )


def continued(scope: Scope) -> Iterator[Finding]:
    """A step of a request flow must begin where the flow has been: the budget of its latency is one way, without jumps."""
    parts = scope.case.architecture.components
    for name, flow in scope.case.architecture.flows.items():
        been = {flow.steps[0].from_}
        known = {end for step in flow.steps for end in (step.from_, step.to)} <= parts.keys()
        for index, step in enumerate(flow.steps if flow.kind == "request" and known else ()):
            if step.from_ not in been:
                loc = ("architecture", "flows", name, "steps", index)
                back = (*scope.put((*loc, "from"), step.to), *scope.put((*loc, "to"), step.from_))
                yield scope.found(
                    "C062",
                    (*loc, "from"),
                    f'flow "{name}" has not been at "{step.from_}" when this step begins there',
                    "exchange the ends of the step, or add the step that leads there",
                    mends=back if step.to in been else (),
                )
            been |= {step.from_, step.to}


def placed(scope: Scope) -> Iterator[Finding]:
    """Every component must stand in a known group and take part in a flow; every group must hold one."""
    architecture = scope.case.architecture
    flowing = {end for flow in architecture.flows.values() for step in flow.steps for end in (step.from_, step.to)}
    used = set()
    groups = [component.group for component in architecture.components.values() if component.group]
    for name, component in architecture.components.items():
        loc = ("architecture", "components", name)
        if component.group is not None and component.group not in architecture.groups:
            yield scope.misnamed("C051", component.group, groups, ("architecture", "groups")) or scope.unknown(
                "C051",
                (*loc, "group"),
                f'"{component.group}" is not a group of this case',
                component.group,
                architecture.groups,
                "a group listed under `groups`",
            )
        used.add(component.group)
        # A step that names nothing may well mean this one: it is reported there.
        if name not in flowing and flowing <= architecture.components.keys():
            yield scope.found(
                "C053", loc, f'component "{name}" is in no flow', "add the step that uses it, or delete it", key=True
            )
    # What a component that misspells its group means is reported there.
    meant = {nearest(name, architecture.groups).name for name in groups if name not in architecture.groups}
    for name in architecture.groups:
        if name not in used and name not in meant:
            yield scope.found(
                "C051",
                ("architecture", "groups", name),
                f'group "{name}" holds no component',
                "put a component into it, or delete it",
                key=True,
            )


def labelled(scope: Scope) -> Iterator[Finding]:
    """No two components and no two groups may have the same label: a reader could not tell them apart."""
    for part in ("groups", "components"):
        entries = getattr(scope.case.architecture, part)
        seen: dict[str, str] = {}
        for name, entry in entries.items():
            label = entry if isinstance(entry, str) else entry.label
            if label.casefold() in seen:
                loc = ("architecture", part, name) if part == "groups" else ("architecture", part, name, "label")
                yield scope.found(
                    "C061",
                    loc,
                    f'"{label}" is the label of "{seen[label.casefold()]}" too',
                    "say what tells the two apart",
                )
            seen.setdefault(label.casefold(), name)


def timed(scope: Scope) -> Iterator[Finding]:
    """Every step of a request flow must have a latency: its own, or that of the component it goes to."""
    case = scope.case
    for name, flow in case.architecture.flows.items():
        if flow.kind != "request":
            continue
        for index, step in enumerate(flow.steps):
            if step.to in case.architecture.components and step_latency(case, step)[0] is None:
                yield scope.found(
                    "C054",
                    ("architecture", "flows", name, "steps", index, "to"),
                    f'a request flow goes to "{step.to}", which states no latency',
                    f"add `latency: {{p50: …, p99: …}}` to component `{step.to}`, or to this step",
                )


def adjacent(scope: Scope) -> Iterator[Finding]:
    """Parallel steps of one name must stand next to each other, and be at least two."""
    for name, flow in scope.case.architecture.flows.items():
        seen: set[str] = set()
        for run in runs(flow):
            lane = flow.steps[run[0]].parallel
            if lane is None:
                continue
            loc = ("architecture", "flows", name, "steps", run[0], "parallel")
            if lane in seen:
                yield scope.found(
                    "C059",
                    loc,
                    f'steps of "{lane}" are not next to each other',
                    "move them together, or give the later ones another name",
                )
            elif len(run) == 1 and not any(step.parallel == lane for step in flow.steps[run[0] + 1 :]):
                yield scope.found(
                    "C059",
                    loc,
                    f'only one step is called "{lane}", so it runs beside nothing',
                    "give the steps that run at once the same name, or delete `parallel`",
                )
            seen.add(lane)


def loaded(scope: Scope) -> Iterator[Finding]:
    """Load, capacity and replicas must be stated together; the load must not exceed what the replicas can do."""
    for name, component in scope.case.architecture.components.items():
        loc = ("architecture", "components", name)
        stated = {key: getattr(component, key) is not None for key in ("load", "capacity", "replicas")}
        if any(stated.values()) and not all(stated.values()):
            lacking = [key for key, there in stated.items() if not there]
            yield scope.found(
                "C056",
                loc,
                f'component "{name}" lacks {" and ".join(f"`{key}`" for key in lacking)}',
                "state load, capacity and replicas together, or none of them",
                key=True,
            )
        utilisation = scope.sums.utilisation.get(name)
        if utilisation is not None and utilisation > 0.8:
            code, verb = ("C057", "is overloaded") if utilisation > 1 else ("C058", "runs hot")
            yield scope.found(
                code,
                (*loc, "load"),
                f'component "{name}" {verb}: its utilisation is {show(utilisation * 100)} %',
                "add replicas, or split the load",
            )


def decided(scope: Scope) -> Iterator[Finding]:
    """A decision must pick one of its options, as its own rule does with the case's numbers."""
    for index, decision in enumerate(scope.case.tradeoffs):
        loc = ("tradeoffs", index)
        picks = [
            ((*loc, "pick"), decision.pick),
            *(((*loc, "choose", line, "pick"), choice.pick) for line, choice in enumerate(decision.choose)),
        ]
        for at, pick in picks:
            if pick not in decision.options:
                yield scope.unknown(
                    "C082", at, f'"{pick}" is not an option of this decision', pick, decision.options, "an option"
                )
        for line, choice in enumerate(decision.choose if len(decision.choose) > 1 else ()):
            last = line == len(decision.choose) - 1
            if last and choice.when is not None:
                yield scope.found(
                    "C084",
                    (*loc, "choose", line, "when"),
                    "the last line of a rule has no condition: it is what remains",
                    "add a line with `pick` alone",
                )
            if not last and choice.when is None:
                yield scope.found(
                    "C084",
                    (*loc, "choose", line),
                    "a line without a condition ends the rule, but lines follow it",
                    "give it a `when`, or move it to the end",
                )
        if len(decision.choose) == 1:
            yield scope.found(
                "C084",
                (*loc, "choose"),
                "a rule of one line decides nothing",
                "add a line with a condition, or leave `choose` out",
                key=True,
            )
        if not decision.choose and not decision.revisit_when:
            yield scope.found(
                "C085",
                (*loc, "about"),
                f'the decision on "{decision.about}" has neither a rule nor `revisit_when`',
                "add `choose`, or say in `revisit_when` what would reopen it",
            )
        got = scope.sums.picks.get(index)
        if got and got[0] != decision.pick and decision.pick in decision.options:
            yield scope.found(
                "C083",
                (*loc, "pick"),
                f'the decision on "{decision.about}" picks "{decision.pick}", but its rule picks "{got[0]}"',
                "mend the pick, the rule, or the numbers",
                note=f"line {got[1] + 1} of `choose` holds",
                mends=scope.put((*loc, "pick"), got[0]),
            )


def numbered(scope: Scope) -> Iterator[Finding]:
    """At least two decisions of a published case should be decided by its numbers."""
    by_numbers = sum(bool(decision.choose) for decision in scope.case.tradeoffs)
    if by_numbers < ENOUGH_BY_NUMBERS and not scope.case.draft:
        yield scope.found(
            "C086",
            ("tradeoffs",),
            f"{'only one decision is' if by_numbers else 'no decision is'} decided by numbers",
            "write a rule, under `choose`, for a decision that an engineer would make by a number",
            key=True,
        )


def turning(scope: Scope) -> Iterator[Finding]:
    """A rule should turn for some assumption within its range: one that nothing changes teaches nothing."""
    turned = {flip.decision for flip in scope.flips}
    for index, decision in enumerate(scope.case.tradeoffs):
        if decision.choose and index not in turned:
            yield scope.found(
                "C088",
                ("tradeoffs", index, "choose"),
                f'no assumption, anywhere in its range, changes the decision on "{decision.about}"',
                "widen the ranges to what is plausible, or say the reason in words and `revisit_when` instead of a rule",
                key=True,
            )


RULES: tuple[Rule, ...] = (
    connected,
    continued,
    placed,
    labelled,
    timed,
    adjacent,
    loaded,
    decided,
)
