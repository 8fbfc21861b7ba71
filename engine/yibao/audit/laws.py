"""The laws of an audit: policy and charts by the digests that events name, from the bundles that the journal keeps.

Where the journal lacks a bundle, the policy and the charts in a folder that the auditor names are taken if they have
that very digest. What is installed stands in only for events of release 0.2.0, which kept no bundles: of any other a
missing bundle is a finding. Nothing is ever taken for another.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from attrs import evolve, frozen

from yibao.audit.earlier_releases import is_of_0_2_0
from yibao.basics.digest import digest_of
from yibao.basics.problems import Place, Problem, ProblemsFound, problem_of
from yibao.basics.remembered import Remembered
from yibao.cases.bundles import Bundles
from yibao.cases.commands import Law
from yibao.decision.decider import Decider
from yibao.journal.bundles import Bundle, BundleKind
from yibao.journal.kept import KeptJournal
from yibao.language.parsing import Names
from yibao.law import law_of
from yibao.model.chart import Chart
from yibao.model.claim import Claim
from yibao.model.events import Envelope
from yibao.model.policy import Policy
from yibao.procedure.machine import TransitionTable, move_by_table, transition_table
from yibao.readers.charts.charts_from_yaml import chart_from_file
from yibao.readers.claims.lookups import with_lookups
from yibao.readers.policy.bundles import PolicyFiles, load_policy, policy_of_files, workflow_files

MOST_POLICIES = 8
MOST_CHARTS = 256
Made = TypeVar("Made")


class NotKept(Exception):
    """A bundle is not in the journal, and nothing may stand in for it."""


@frozen
class _Named:
    """Policy and chart by their digests, and whether the journal should have kept them."""

    policy: str
    chart: str
    kept: bool


@frozen(kw_only=True)
class AtHand:
    """Where policy and charts are that may stand in for bundles: folders, or None for what is installed."""

    policy: Path | None
    workflows: Path | None


@frozen
class LawThen:
    """A law with its decisions as canonical JSON beside it, which are made many times faster than the documents."""

    law: Law
    written: Callable[[Claim], bytes]


@frozen(kw_only=True)
class Ways:
    """Where the events of a chart lead: its table, the moves of passed deadlines, the states that steps leave, and the
    ways back that a new decision leads."""

    chart: str
    initial: str
    table: TransitionTable
    overdue: frozenset[tuple[str, str]]
    sources: frozenset[str]
    back: frozenset[tuple[str, str]]


@frozen
class NoLaw:
    """Why there is no law to judge an event by. `kept` says whether the journal should have kept it and did not."""

    problems: tuple[Problem, ...]
    kept: bool


class Laws:
    """The laws of one journal, each read once and kept, the last ones asked for."""

    def __init__(self, journal: KeptJournal, at_hand: AtHand) -> None:
        self._journal = journal
        self._at_hand = at_hand
        self._policies: Remembered[tuple[str, bool], _Read | NoLaw] = Remembered(MOST_POLICIES)
        self._charts: Remembered[_Named, LawThen | NoLaw] = Remembered(MOST_CHARTS)
        self._folders: Remembered[Path | None, LawThen] = Remembered(MOST_POLICIES)

    def of(self, envelope: Envelope) -> LawThen | NoLaw:
        """The law that was in force when an event was recorded: its policy, and its chart and no other."""
        return self._of(_Named(envelope.policy_digest, envelope.chart_digest, kept=not is_of_0_2_0(envelope)))

    def ways(self, policy_digest: str, chart_digest: str, kept: bool) -> Ways | NoLaw:
        """Where the events of a chart lead, which was in force with a policy.

        `kept` says whether the journal should have kept both.
        """
        found = self._of(_Named(policy_digest, chart_digest, kept))
        if isinstance(found, NoLaw):
            return found
        (chart,) = found.law.charts.values()
        return Ways(
            chart=chart.name,
            initial=chart.initial,
            table=transition_table(chart),
            overdue=frozenset(
                (source, deadline.overdue)
                for step in chart.steps
                for source in step.sources
                for deadline in step.deadlines
                if deadline.overdue is not None
            ),
            sources=frozenset(source for step in chart.steps for source in step.sources),
            back=frozenset(
                (state, operation.back_to)
                for operation in chart.operations.values()
                for state in operation.back_from
                if operation.back_to is not None
            ),
        )

    def of_folder(self, policy: Path | None) -> LawThen:
        """The law of a folder of policy, or of the bundled one, without charts. Raises ProblemsFound."""
        return self._folders.of(policy, lambda: law_then(load_policy(policy)))

    def _of(self, law: _Named) -> LawThen | NoLaw:
        return self._charts.of(law, lambda: self._with_chart(law))

    def _with_chart(self, law: _Named) -> LawThen | NoLaw:
        policy = (law.policy, law.kept)
        read = self._policies.of(policy, lambda: self._policy(law))
        if isinstance(read, NoLaw):
            return read
        chart = self._attempt(law.chart, lambda: self._chart(law, read.policy))
        if isinstance(chart, NoLaw):
            return chart
        own = evolve(read.then.law, charts={chart.name: chart}, move=move_by_table(chart))
        return evolve(read.then, law=own)

    def _policy(self, law: _Named) -> _Read | NoLaw:
        policy = self._attempt(law.policy, lambda: self._policy_kept(law))
        return policy if isinstance(policy, NoLaw) else _Read(policy, law_then(policy))

    def _policy_kept(self, law: _Named) -> Policy:
        digest = law.policy
        bundle = self._journal.bundle(digest)
        if bundle is None:
            if law.kept and self._at_hand.policy is None:
                raise NotKept
            at_hand = load_policy(self._at_hand.policy)
            if at_hand.digest != digest:
                raise NotKept
            return at_hand
        own = PolicyFiles(digest=digest, files=bundle.files, extends=bundle.extends)
        if bundle.extends is None:
            return policy_of_files((own,))
        base = self._journal.bundle(bundle.extends)
        if base is None:
            raise NotKept
        return policy_of_files((PolicyFiles(digest=bundle.extends, files=base.files, extends=None), own))

    def _chart(self, law: _Named, policy: Policy) -> Chart:
        digest = law.chart
        bundle = self._journal.bundle(digest)
        content = self._chart_at_hand(law) if bundle is None else _one_file(bundle, digest, self._journal)
        if content is None:
            raise NotKept
        names = Names(vocabulary=policy.vocabulary, catalogues=policy.catalogues)
        return chart_from_file(content, names, {each.name: each.unit for each in policy.parameters})

    def _chart_at_hand(self, law: _Named) -> bytes | None:
        if law.kept and self._at_hand.workflows is None:
            return None
        return self._charts_at_hand.get(law.chart)

    @cached_property
    def _charts_at_hand(self) -> dict[str, bytes]:
        return {digest_of(content): content for content in workflow_files(self._at_hand.workflows).values()}

    def _attempt(self, digest: str, read: Callable[[], Made]) -> Made | NoLaw:
        try:
            return read()
        except NotKept:
            message = f"the journal does not keep the bundle {digest}, and no folder with that digest was named"
            hint = "give the policy of that time with --policy, and its charts with --workflows"
            place = Place(path=self._journal.name)
            return NoLaw((problem_of("bundle-missing", message, place, hint),), kept=False)
        except ProblemsFound as error:
            return NoLaw(error.problems, kept=True)


@frozen
class _Read:
    """A policy that was read, and its law without a chart."""

    policy: Policy
    then: LawThen


def law_then(policy: Policy) -> LawThen:
    """The law of a policy, without charts."""
    decider = Decider(policy)

    def written(claim: Claim) -> bytes:
        return decider.decide_to_json(with_lookups(claim, policy, "case"))

    return LawThen(law_of(policy, {}, Bundles((), {})), written)


def _one_file(bundle: Bundle, digest: str, journal: KeptJournal) -> bytes:
    if bundle.kind is not BundleKind.FILE:
        raise journal.damaged(f"the bundle {digest} is no chart")
    return bundle.one_file
